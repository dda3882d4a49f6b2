# zbufctl completion for tcsh; made by: zbufctl completion tcsh
# tcsh puts the line into COMMAND_LINE while it asks.
complete zbufctl 'p@*@`zbufctl __complete --line`@'
