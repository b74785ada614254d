"""The embedded platform: AWS engine, stand-ins, supervisor, CLI; all of it on 127.0.0.1."""
