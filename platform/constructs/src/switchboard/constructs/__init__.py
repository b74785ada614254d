"""CDK building blocks of Switchboard's stacks; domain-free names, nothing ships in a Lambda."""
