### The look

# Prints frames, as collect.sh does, and only what the verdict rests on: memory
# maps where a capture did not move, programs and libraries where zero-copy
# is on now or at boot. Its argument: seconds between the looks.
look()
{
	pause=${1:-2}
	ask uid id -u
	ask system uname -s
	if [ "$out" = FreeBSD ]; then
		look_at_freebsd
	fi
	printf 'end\n'
}

look_at_freebsd()
{
	ask bpf sysctl net.bpf
	on=yes full=no
	case $newline$out$newline in
	*"${newline}net.bpf.zerocopy_enable: 0$newline"*) on=no ;;
	esac
	ask jailed sysctl -n security.jail.jailed
	jailed=$out
	sample first
	seen_first=$out
	product
	configuration
	read_conf
	! names_others || oids
	services
	boot_sources
	! sets_it "$out" || on=yes
	! sets_it "$conf" || on=yes
	stored_tunables
	case $out in *'value '*) on=yes ;; esac
	sleep "$pause"
	sample second
	seen_second=$out
	given_modes
	[ "$on" = yes ] || glance
	if [ "$full$on" != nono ]; then
		look_at_processes
	fi
	if [ "$third" = yes ]; then
		sleep "$pause"
		sample third
	fi
}

look_at_processes()
{
	holders
	processes
	maps
	if [ "$on" = yes ]; then
		environments
		libmap
		programs
	else
		find_libraries
	fi
	versions
}

# What is said on stderr is a complaint only after failure: a process less than
# with the collector's.
hold()
{
	err=''
	out=$("$@" 2>&1)
	status=$?
	[ "$status" -eq 0 ] || { err=$out; out=''; }
}

# Nothing of the variables leaves the host: the verdict is made here.
hide_secrets()
{
	:
}

# Owner and mode decide nothing here.
metadata()
{
	:
}

# Sets conf: what the sysctl.conf files say; a few lines, so without a process.
read_conf()
{
	conf='' count=0
	for file in $sysctl_files; do
		while read -r line || [ -n "$line" ]; do
			count=$((count + 1))
			[ "$count" -le 2000 ] || break
			conf=$conf$line$newline
		done <"$file"
	done
	# So long a file is asked about, and taken for one that sets it.
	[ "$count" -le 2000 ] || conf="zerocopy_enable=$newline"
}

# Whether the sysctl.conf files name anything else, to ask the kernel of.
names_others()
{
	for line in $conf; do
		case $line in
		'#'*|net.bpf.zerocopy_enable=*) ;;
		*) return 0 ;;
		esac
	done
	return 1
}

# sets_it text: whether a line of it names the value, and does not end in 0.
sets_it()
{
	case $1 in *zerocopy_enable*) ;; *) return 1 ;; esac
	for line in $1; do
		case $line in
		*zerocopy_enable=0|*'zerocopy_enable="0"') ;;
		*zerocopy_enable*) return 0 ;;
		esac
	done
	return 1
}

# Whether a buffer is out at the second look, and whether a third is needed:
# a capture that appeared in between cannot be compared yet.
glance()
{
	said=$(
		{
			printf 'a%s\n' $seen_first
			printf 'b%s\n' $seen_second
		} | awk "$read_samples$print_glance"
	)
	case $said in *full*) full=yes ;; esac
	case $said in *third*) third=yes ;; esac
}

# shellcheck disable=SC2016 # awk's own variables
print_glance='
	function descriptor(sample, pid, name, received, dropped, matched, \
	    stored, held, command,    key) {
		key = pid + 0 " " name
		count[sample, key]++
		seen[sample, key, count[sample, key]] = received + 0
		if (sample == "a") return
		keys[key] = 1
		if (0 < held + 0) out = 1
	}
	{ sampled(substr($0, 1, 1), substr($0, 2)) }
	END {
		for (key in keys) {
			if (count["a", key] != count["b", key]) third = 1
			for (i = 1; i <= count["b", key]; i++)
				if (seen["b", key, i] < seen["a", key, i])
					third = 1
		}
		if (out) print "full"
		if (third) print "third"
	}'

# Whether zbufctl gave programs buffer modes here, which are not judged here.
given_modes()
{
	found=/usr/local/etc/libmap.d/zbufctl.conf
	[ -e "$root$found" ] || [ -h "$root$found" ] || return 0
	section given-modes
	printf '= 0\n'
}
