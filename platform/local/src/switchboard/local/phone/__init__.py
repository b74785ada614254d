"""A telephone line to the local desk: SIP, RTP and speech, so that any softphone can ring it.

| module | what it is |
|---|---|
| sip, sdp, rtp, sound, end_pointing | formats and decisions without sockets or clocks |
| user_agent | the SIP dialogs of all calls, without sockets or clocks |
| speech, flite, sphinx, ticket_digits | the ports voice and ears, in memory and real |
| line, talk | the sound of one call; the talk of one call with the desk |
| door | the UDP port that is rung |
"""
