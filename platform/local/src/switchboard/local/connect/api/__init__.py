"""The operations of AWS that our code calls, as boto3 speaks them: connect, qconnect, gateways."""
