"""The embedded platform: AWS engine, stand-ins, supervisor, CLI. Everything listens on 127.0.0.1."""
