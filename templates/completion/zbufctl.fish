# zbufctl completion for fish; made by: zbufctl completion fish

function __zbufctl_complete
	set -l typed (commandline -opc)
	set -e typed[1]
	set -l current (commandline -ct)
	set -l out (zbufctl __complete $typed "$current" 2>/dev/null)
	switch "$out[1]"
		case files
			set -l rest (string sub -s (math (string length -- "$out[2]") + 1) -- "$current")
			string replace -r '^' -- "$out[2]" (__fish_complete_path "$rest")
		case folders
			set -l rest (string sub -s (math (string length -- "$out[2]") + 1) -- "$current")
			string replace -r '^' -- "$out[2]" (__fish_complete_directories "$rest")
	end
	for line in $out[3..-1]
		test -n "$line"; and printf '%s\n' "$line"
	end
end

complete -c zbufctl -e
complete -c zbufctl -f -a '(__zbufctl_complete)'
