"""The processes of the local platform: started detached, watched by pid files, stopped together."""
