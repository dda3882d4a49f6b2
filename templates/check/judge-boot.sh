# awk: the value the next boot sets, as src/rules/reading/boot-*.ts have it;
# what those decide and this does not is a gap.
# shellcheck disable=SC2016 # awk's own variables
judge_boot='
	BEGIN {
		zerocopy = "net.bpf.zerocopy_enable"
		named = "net[./]bpf[./]zerocopy_enable[\"\047]?" \
		    "[ \t]*[=:][ \t]*[\"\047]?"
	}
	function exists(path,    i) {
		for (i = 1; i <= lines["product"]; i++)
			if (line["product", i] == path " exists") return 1
		return 0
	}
	function says(path, pattern,    i) {
		for (i = 1; i <= lines["product"]; i++)
			if (index(line["product", i], path ": ") == 1 && \
			    tolower(substr(line["product", i], \
			    length(path) + 3)) ~ pattern)
				return 1
		return 0
	}
	function product_is(    core) {
		core = "/usr/local/opnsense/version/core"
		if (exists(core) || exists("/usr/local/sbin/opnsense-version"))
			return "OPNsense"
		if (says("/etc/platform", "pfsense")) return "pfSense"
		if (says("/etc/version", "truenas|freenas") || \
		    exists("/usr/local/bin/midclt") || \
		    exists("/usr/bin/midclt"))
			return "TrueNAS"
		if (exists("/boot/lua/brand-bsdrp.lua") || \
		    exists("/boot/brand-bsdrp.4th") || \
		    exists("/etc/nanobsd.conf") || exists("/conf/base") || \
		    says("/etc/platform", "nanobsd"))
			return "NanoBSD"
		return says("/etc/platform", ".") ? "an appliance" : ""
	}
	function load_tunables(    key, found, i, word, elsewhere, kind) {
		for (key in status) if (key ~ /^tunables /) found = key
		if (found == "" || !good(found)) {
			gap = "the tunables in config.xml were not read"
			return
		}
		elsewhere = -1
		for (i = 1; i <= lines[found]; i++) {
			split(line[found, i], word, " ")
			if (word[1] == "elsewhere") elsewhere = word[2] + 0
			if (word[1] != "value") continue
			kind = word[3] == "default" ? "" : kind_of(word[3])
			boot = kind == "number" ? number : 0
			if (kind == "odd" || word[3] ~ /\?/)
				gap = "a tunable in config.xml is not a number"
		}
		if (elsewhere) gap = "config.xml names it elsewhere, too"
	}
	# NanoBSD makes /etc at boot of /conf/base/etc, and of /cfg over it.
	function load_saved(    now, seen, i, one, two) {
		now = boot
		for (i = 1; i <= lines["boot"]; i++)
			if (line["boot", i] == "cfg visible") seen = 1
		one = "/conf/base/etc/sysctl.conf"
		two = "/conf/base/etc/sysctl.conf.local"
		if (seen && status["config /cfg/sysctl.conf"] != "absent")
			one = "/cfg/sysctl.conf"
		if (seen && status["config /cfg/sysctl.conf.local"] != "absent")
			two = "/cfg/sysctl.conf.local"
		load_both(one, two)
		if (!seen && now != boot)
			gap = "whether /etc was saved cannot be seen"
	}
	# The files of modules count when rc loads the module; which, is not
	# decided here.
	function load_modules(    key, before) {
		for (key in status) {
			if (key !~ /^config \/etc\/sysctl\.kld\.d\//) continue
			if (boot_says("kld.d no")) continue
			before = boot
			load(substr(key, 8))
			if (boot != before) gap = substr(key, 8) " may set it"
			boot = before
		}
	}
	function boot_says(text,    i) {
		for (i = 1; i <= lines["boot"]; i++)
			if (line["boot", i] == text) return 1
		return 0
	}
	# Lines of scripts and crontabs: one that sets what is set is none.
	function run_scripts(    i, text, word, value) {
		if (!good("boot")) { gap = "what the boot runs: " \
		    why_not("boot"); return }
		for (i = 1; i <= lines["boot"]; i++) {
			text = line["boot", i]
			if (text ~ /^unread /) gap = clean(substr(text, 8)) \
			    " is run at boot, and was not read"
			if (text !~ /^(plain|maybe) /) continue
			split(text, word, " ")
			if (word[2] ~ /cron/ && cron_is_off()) continue
			if (!may_set(text)) continue
			gap = word[2] " line " word[3] " may set it"
		}
	}
	function may_set(text,    value, n, word, i, reads, name) {
		if (match(text, named)) {
			value = substr(text, RSTART + RLENGTH)
			sub(/[ \t"\047;|&)#\076].*/, "", value)
			return !(kind_of(value) == "number" && number == boot)
		}
		if (text ~ /\[(redacted|too long)\]/) return 1
		if (!match(text, /sysctl|SYSCTL/)) return 0
		n = split(substr(text, RSTART), word, /[ \t]+/)
		for (i = 2; i <= n; i++) {
			if (word[i] ~ /^-[A-Za-z]*f/) return 1
			if (word[i] ~ /^-[A-Za-z]/) {
				if (word[i] ~ /[nNdaAoX]/) reads = 1
				continue
			}
			name = word[i]
			sub(/[=;|&)\076].*/, "", name)
			if (name !~ /[$`*?]/ || reads && word[i] !~ /=/)
				continue
			gsub(/["\047]/, "", name)
			sub(/[$`*?].*/, "", name)
			if (index(zerocopy, name) == 1) return 1
		}
		return 0
	}
	function rc_value(name,    i) {
		for (i = lines["variables"]; 1 <= i; i--)
			if (index(line["variables", i], name ": ") == 1)
				return substr(line["variables", i], \
				    length(name) + 3)
		return ""
	}
	function cron_is_off() {
		return tolower(rc_value("cron_enable")) ~ /^(no|false|off|0)$/
	}
	# Sets boot and gap.
	function read_boot(    product) {
		gap = ""
		if (!good("product")) gap = "product: " why_not("product")
		product = product_is()
		boot = 0
		if (product ~ /sense$/ || product == "pfSense") load_tunables()
		else if (product == "" || product == "NanoBSD") {
			load_both("/etc/sysctl.conf", "/etc/sysctl.conf.local")
			load_modules()
			if (product == "NanoBSD") load_saved()
		} else gap = product " sets it from a configuration of its own"
		run_scripts()
	}'
