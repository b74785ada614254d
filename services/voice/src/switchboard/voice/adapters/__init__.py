"""Everything outside the process: DynamoDB, Amazon Connect, and their stand-ins in memory."""
