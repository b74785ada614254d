"""The desk's doors and stores: REST, queue, DynamoDB, memory, the OpenAPI file."""
