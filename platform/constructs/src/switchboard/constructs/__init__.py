"""CDK building blocks of Switchboard's stacks; domain-free names only, nothing ships in a Lambda."""
