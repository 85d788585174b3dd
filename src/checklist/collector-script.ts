/**
 * The script that a host's administrator reads and runs. It keeps to what /bin/sh and its companions could do
 * in 2003 (bash 2.05b, coreutils 4.5.3) and can do in dash and busybox today; it never uses braces around
 * variables, so that it can stand here as it is.
 */
const SCRIPT = String.raw`#!/bin/sh
# aclscope host collector, format 1
#
# What it does:  copies the configuration files and keeps the output of the commands named below, each with
#                its time and hash, into one new folder under $TMPDIR or /tmp, and writes one tar of them.
# What it keeps out: password hashes and passwords in command lines are replaced by MASKED before they are stored.
# What it never does: change a setting, start, stop or signal anything, or send a packet beyond this host
#                (ntpq and chronyc ask the local daemon). Its folder is removed at the end.
#                Only with -u it asks the package manager for pending updates, which may ask the vendor's
#                servers and refresh the package manager's own cache.
# Who runs it:   root, so that every file can be read. Without root it works and notes what it may not read.
#
#   sh collect.sh [-o OUT.tar] [-u] [-r LIST] [-l LOG]... [-f FILE]... [-a KIND=FILE]...
#     -o  the tar to write; it must not exist yet
#     -u  also list pending updates (see above)
#     -r  a file with one path a line: hash these files here, to be compared with restored copies
#     -l  a log of the backup program
#     -f  one more file to copy, by its full path
#     -a  an observation made elsewhere, of the kind remote-log, ssh-methods, portsentry-probe, restored-files or
#         change-log

PATH=/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin:/var/qmail/bin:$PATH
LC_ALL=C
export PATH LC_ALL
umask 077
MAX=1000000

OUT='' ONLINE=no RESTORE='' LOGS='' MORE='' ATTACHED=''
while getopts o:ur:l:f:a:h option; do
  case $option in
    o) OUT=$OPTARG ;;
    u) ONLINE=yes ;;
    r) RESTORE=$OPTARG ;;
    l) LOGS="$LOGS $OPTARG" ;;
    f) MORE="$MORE $OPTARG" ;;
    a) ATTACHED="$ATTACHED $OPTARG" ;;
    *) sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; [ "$option" = h ]; exit ;;
  esac
done

have() { command -v "$1" >/dev/null 2>&1; }
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
fail() { echo "collect.sh: $*" >&2; exit 2; }

for pair in $ATTACHED; do
  case $pair in
    remote-log=* | ssh-methods=* | portsentry-probe=* | restored-files=* | change-log=*) ;;
    *) fail "-a: write KIND=FILE, the kind one of those that -h names, not $pair" ;;
  esac
  [ -r "$(echo "$pair" | sed 's/^[^=]*=//')" ] || fail "-a: cannot read the file of $pair"
done
for path in $RESTORE $LOGS $MORE; do [ -r "$path" ] || fail "cannot read $path"; done

HOST=$(hostname 2>/dev/null || uname -n)
[ -n "$OUT" ] || OUT=aclscope-$(echo "$HOST" | tr -cd 'A-Za-z0-9.-')-$(date -u +%Y%m%d%H%M%S).tar
[ ! -e "$OUT" ] && [ ! -h "$OUT" ] || fail "$OUT exists already"
[ -n "$TMPDIR" ] || TMPDIR=/tmp
FOLDER=$TMPDIR/aclscope-collect.$$
mkdir "$FOLDER" || fail "cannot make the folder $FOLDER"
trap 'rm -rf "$FOLDER"' 0
trap 'exit 2' 1 2 15
WORK=$FOLDER/aclscope-host
mkdir "$WORK" "$WORK/files" "$WORK/commands" "$WORK/attached" || exit 2
MANIFEST=$WORK/MANIFEST

if have sha256sum; then ALGORITHM=sha256; hash_of() { sha256sum <"$1" | cut -d' ' -f1; }
elif have sha256; then ALGORITHM=sha256; hash_of() { sha256 -q "$1"; }
elif have shasum; then ALGORITHM=sha256; hash_of() { shasum -a 256 <"$1" | cut -d' ' -f1; }
elif have sha1sum; then ALGORITHM=sha1; hash_of() { sha1sum <"$1" | cut -d' ' -f1; }
else ALGORITHM=cksum; hash_of() { cksum <"$1" | cut -d' ' -f1; }
fi
LIMIT=''
if have timeout && timeout 5 true 2>/dev/null; then LIMIT='timeout 60'; fi

# --- what is stored is masked first -----------------------------------------------------------------------

# Second field of passwd and shadow: locks and emptiness stay to be seen, the kind of hash too, the hash not.
mask_hashes() {
  awk 'BEGIN { FS = OFS = ":" }
    /^#/ { print "#"; next }
    NF < 2 { print ""; next }
    { lead = ""; h = $2
      while (h ~ /^!/) { lead = lead "!"; h = substr(h, 2) }
      if (h ~ /^\*LK\*/) { lead = lead "*LK*"; h = substr(h, 5) }
      if (h == "" || h == "x" || h == "*" || h == "**" || h == "NP") { print; next }
      kind = ""
      if (match(h, /^\$[0-9a-zA-Z-]*\$/)) kind = substr(h, 1, RLENGTH)
      $2 = lead kind "MASKED"; print }'
}

# Passwords in command lines, addresses and settings.
mask_words() {
  sed -e 's/\([Pp][Aa][Ss][Ss][A-Za-z_]*["]\{0,1\} *[=:] *\)[^ ,;&][^ ,;&]*/\1MASKED/g' \
      -e 's/\(--*[Pp]ass[a-z]* \)[^ ][^ ]*/\1MASKED/g' \
      -e 's/\([Ss][Ee][Cc][Rr][Ee][Tt][A-Za-z_]* *[=:] *\)[^ ,;&][^ ,;&]*/\1MASKED/g' \
      -e 's/\([Tt][Oo][Kk][Ee][Nn] *[=:] *\)[^ ,;&][^ ,;&]*/\1MASKED/g' \
      -e 's#\(://[^:/@ ]*:\)[^@/ ]*@#\1MASKED@#g' \
      -e 's/\([Pp][Ww][Dd]["]\{0,1\} *[=:] *\)[^ ,;&][^ ,;&]*/\1MASKED/g' \
      -e '/:om[a-z]*sql:/s/,[^,;]*\(;.*\)*$/,MASKED\1/' \
      -e '/mysql/s/\( -p\)[^ ][^ ]*/\1MASKED/g'
}

mask() {
  case $1 in
    /etc/passwd | /etc/shadow | /etc/group) mask_hashes ;;
    /etc/ssh/* | /etc/pam.d/* | /etc/pam.conf | *.cdb) cat ;;
    *) mask_words ;;
  esac
}

# --- keeping --------------------------------------------------------------------------------------------

# note KIND STATUS EXIT STORED ORIGIN: one line of the manifest.
note() {
  sum=-
  [ "$4" = - ] || sum=$ALGORITHM:$(hash_of "$WORK/$4")
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$(now)" "$3" "$sum" "$4" \
    "$(printf %s "$5" | tr '\n\t' '  ')" >>"$MANIFEST"
}

# file PATH: a copy of it, masked, and cut where it is very long.
file() {
  case $1 in *[[:cntrl:]]*) note file oddname - - "$1"; return ;; esac
  if [ ! -r "$1" ]; then note file denied - - "$1"; return; fi
  mkdir -p "$(dirname "$WORK/files$1")"
  mask "$1" <"$1" >"$FOLDER/copy" 2>/dev/null
  head -c $MAX <"$FOLDER/copy" >"$WORK/files$1"
  state=ok
  cmp -s "$1" "$FOLDER/copy" || state=masked
  [ "$(wc -c <"$FOLDER/copy")" -le $MAX ] || state=cut
  note file $state - "files$1" "$1"
}

# unreadable PATTERN: whether a folder on the way to it may not be looked into.
unreadable() {
  folder=$(dirname "$1")
  while [ "$folder" != / ] && [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  [ ! -r "$folder" ] || [ ! -x "$folder" ]
}

# files PATTERN...: every file that fits; what was looked for and not found is noted as well.
files() {
  for pattern in "$@"; do
    found=absent
    for path in $pattern; do
      [ -f "$path" ] || continue
      found=found
      file "$path"
    done
    if [ $found = absent ] && unreadable "$pattern"; then found=denied; fi
    note look $found - - "$pattern"
  done
}

# run NAME COMMAND...: what the command prints; a command that this host lacks is noted as such.
run() {
  name=$1
  shift
  if ! have "$1"; then note command lacking - - "$name: $*"; return; fi
  $LIMIT "$@" </dev/null >"$FOLDER/output" 2>&1
  status=$?
  mask_words <"$FOLDER/output" | head -c $MAX >"$WORK/commands/$name"
  state=ok
  [ "$(wc -c <"$FOLDER/output")" -le $MAX ] || state=cut
  note command $state $status "commands/$name" "$*"
}

{
  echo 'aclscope-host-bundle 1'
  echo "host: $HOST"
  echo "collected: $(now)"
  echo "user: $(id -un 2>/dev/null || id)"
  echo "system: $(uname -srm)"
  echo
} >"$MANIFEST"

# --- the host -------------------------------------------------------------------------------------------

if have ip; then run addresses ip -4 addr show; else run addresses ifconfig -a; fi
run clock date
files '/etc/*-release' /etc/debian_version /etc/hosts /etc/services

# accounts (items 7 and 8), the console (9)
files /etc/passwd /etc/shadow /etc/group /etc/shells /etc/login.defs
files /etc/security/access.conf '/etc/security/access.d/*.conf' '/etc/pam.d/*' /etc/pam.conf

# remote access (3)
files /etc/ssh/sshd_config '/etc/ssh/sshd_config.d/*' /etc/hosts.allow /etc/hosts.deny
run sshd-version ssh -V
if have sshd; then run sshd-effective "$(command -v sshd)" -T; fi

# logs (4) and who reads them (16)
files /etc/syslog.conf '/etc/syslog.d/*' /etc/rsyslog.conf '/etc/rsyslog.d/*' /etc/syslog-ng/syslog-ng.conf
files /etc/systemd/journald.conf '/etc/systemd/journald.conf.d/*' /etc/systemd/journal-upload.conf
files /etc/swatch.conf /etc/swatchrc '/etc/swatch/*' /root/.swatchrc /root/.swatchdogrc
files /etc/log.d/conf/logwatch.conf /etc/log.d/logwatch.conf /usr/share/logwatch/default.conf/logwatch.conf
files /etc/logwatch/conf/logwatch.conf /etc/logcheck/logcheck.conf /usr/local/etc/logcheck.sh /etc/aliases

# services (5, 14) and mail (6, 11, 18)
files /etc/xinetd.conf '/etc/xinetd.d/*' /etc/inetd.conf
files /etc/tcp.smtp /etc/tcp.smtp.cdb '/etc/tcprules.d/*' '/etc/tcp*.cdb' '/etc/tcp/*' '/var/qmail/control/*rules*'
files '/service/*/run' '/etc/service/*/run' '/var/service/*/run' '/var/qmail/supervise/*/run' /var/qmail/rc
files /etc/rc.local /etc/rc.d/rc.local /etc/inittab /etc/init.d/qmail /etc/rc.d/init.d/qmail
if ps auxww >/dev/null 2>&1; then run processes ps auxww; else run processes ps -ef; fi
# the files that a running sshd and tcpserver were told to read
running() { sed -n "$1" "$WORK/commands/processes" | sort -u; }
files $(running 's/.*sshd .* -f  *\([^ ]*\).*/\1/p')
for rules in $(running 's/.*tcpserver .*-[A-Za-z]*x  *\([^ ]*\).*/\1/p'); do
  files "$rules" "$(echo "$rules" | sed 's/\.cdb$//')"
done
run listeners-netstat netstat -tulnp
run listeners-ss ss -tulnp
run boot-chkconfig chkconfig --list
run boot-units systemctl list-unit-files --no-pager --no-legend
run sockets systemctl list-sockets --all --no-pager --no-legend
run timers systemctl list-timers --all --no-pager --no-legend
run boot-links sh -c 'ls -1d /etc/rc?.d/* /etc/rc.d/rc?.d/* 2>/dev/null'
run supervised sh -c 'ls -1d /service/* /etc/service/* /var/service/* 2>/dev/null'
run sendmail-links sh -c 'find /usr /opt /sbin /bin /var/qmail /etc/alternatives -xdev -name "sendmail*" \( -type l -o -perm -0100 \) -print 2>/dev/null |
  while read p; do
    for step in 1 2 3 4 5; do
      ls -ld "$p" 2>/dev/null
      [ -h "$p" ] || break
      t=$(ls -ld "$p" | sed "s/.* -> //")
      case $t in /*) p=$t ;; *) p=$(dirname "$p")/$t ;; esac
    done
  done'
run source-trees sh -c 'ls -1d /usr/local/src/* /usr/src/* /package/*/* /opt/* 2>/dev/null'

# packages (2, 11, 18) and dates (12)
run packages-rpm rpm -qa --queryformat '%{NAME} %{VERSION}-%{RELEASE} %{INSTALLTIME}\n'
# (dpkg's own fields, the dollar and the brace in two pieces so that no shell takes them for its own)
run packages-dpkg dpkg-query -W -f='$''{Package} $''{Version} $''{Status}\n'
run updates-apt apt-get -s -o Debug::NoLocking=1 -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= upgrade
if find / -maxdepth 0 -printf '' 2>/dev/null; then
  run file-dates find /etc /usr/local/etc /var/qmail/control -xdev -type f -printf '%Ts %p\n'
  run updates-lists find /var/lib/apt/lists -maxdepth 1 ! -type d -name '*Packages*' -printf '%Ts %p\n'
elif stat -c %Y / >/dev/null 2>&1; then
  run file-dates find /etc /usr/local/etc /var/qmail/control -xdev -type f -exec stat -c '%Y %n' {} \;
  run updates-lists find /var/lib/apt/lists -maxdepth 1 ! -type d -name '*Packages*' -exec stat -c '%Y %n' {} \;
else
  run file-dates find /etc /usr/local/etc /var/qmail/control -xdev -type f -exec stat -f '%m %N' {} \;
fi
if [ $ONLINE = yes ]; then
  run updates-up2date up2date --list
  run updates-yum yum -q check-update
  run updates-dnf dnf -q check-update
fi

# scan detection (10)
files /etc/portsentry/portsentry.conf /etc/portsentry.conf /usr/local/psionic/portsentry/portsentry.conf
files /etc/portsentry/portsentry.modes /etc/default/portsentry '/etc/portsentry/*.ignore*'
run portsentry-log sh -c 'for f in /var/log/messages /var/log/secure /var/log/syslog /var/log/auth.log; do
    [ -f "$f" ] && grep -i portsentry "$f"
  done | tail -n 400'

# schedules and backups (15, 16)
files /etc/crontab '/etc/cron.d/*' '/var/spool/cron/*' '/var/spool/cron/crontabs/*' /etc/anacrontab
run cron-folders sh -c 'ls -1d /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/* 2>/dev/null'
for log in $LOGS /var/log/*backup*.log /var/log/backup /var/log/rsnapshot.log /var/log/amanda/log /var/log/bacula.log; do
  [ -f "$log" ] || continue
  case $log in /*) ;; *) log=$(pwd)/$log ;; esac
  run "backup-log-$(echo "$log" | tr -c 'A-Za-z0-9.\n' -)" tail -n 400 "$log"
done
if [ -n "$RESTORE" ]; then
  TOOL=sha1sum
  have sha256sum && TOOL=sha256sum
  run restore-hashes sh -c 'while read -r p; do "$1" "$p"; done <"$2"' sh $TOOL "$RESTORE"
fi

# the clock (20)
files /etc/ntp.conf /etc/ntpsec/ntp.conf /etc/chrony.conf /etc/chrony/chrony.conf /etc/systemd/timesyncd.conf
run time-ntpq ntpq -pn
run time-chrony chronyc -n tracking
run time-timedatectl timedatectl

# what the caller asks for besides
files $MORE

# seen elsewhere
for pair in $ATTACHED; do
  kind=$(echo "$pair" | sed 's/=.*//')
  source=$(echo "$pair" | sed 's/^[^=]*=//')
  stored=attached/$kind.$(basename "$source" | tr -c 'A-Za-z0-9.\n' -)
  mask_words <"$source" | head -c $MAX >"$WORK/$stored"
  note attachment ok - "$stored" "$source"
done

echo "end: $(now)" >>"$MANIFEST"
(cd "$FOLDER" && tar cf - aclscope-host) >"$OUT" || fail "cannot write $OUT"
echo "wrote $OUT; hash of its manifest ($ALGORITHM): $(hash_of "$MANIFEST")"
`;

/** The POSIX shell script of `aclscope collect`. */
export const collectorScript = (): string => SCRIPT;
