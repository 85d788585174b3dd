#!/bin/bash
# Usage: boot.sh FOLDER
# The first process of the server's own process list, in namespaces of its own (mounts, processes, host name): the
# machine's /etc and /var lie beneath overlays, so that whatever is written here is written into FOLDER.
# Starts the real daemons with their usual files, says `ready` and stays.
set -eu
folder=$1
mounts=$folder/host
mkdir -p "$mounts"
hostname giant

mkfifo "$mounts/kmsg" # the kernel's messages: what a test writes there, and nothing of this machine
exec 9<>"$mounts/kmsg"
mount --bind "$mounts/kmsg" /proc/kmsg
for top in etc var dev; do
  mkdir "$mounts/$top" "$mounts/$top.work"
  mount -t overlay overlay -o "lowerdir=/$top,upperdir=$mounts/$top,workdir=$mounts/$top.work" "/$top"
done
mount -t tmpfs tmpfs /opt
mount -t tmpfs tmpfs /usr/local/src
mkdir -p /run/chrony
chmod 700 /run/chrony

# What this machine happens to have is no part of the case.
rm -rf /etc/cron.d /etc/cron.*ly/* /var/spool/cron /etc/apt/* /var/lib/apt/lists/* /var/log/* /etc/rsyslog.d/* /dev/log
rm -rf /etc/ssh/sshd_config.d /etc/security/access.d /etc/chrony/conf.d /etc/alternatives/sendmail* /etc/xinetd.d/*
tar -C "$folder/files" -cf - . | tar -C / -xf - --no-same-owner
mkdir -p /var/lib/apt/lists/partial /var/lib/portsentry /etc/apt/preferences.d /etc/apt/apt.conf.d
chmod 755 /var/qmail/bin/sendmail
ln -sf /var/qmail/bin/sendmail /etc/alternatives/sendmail
tcprules /etc/tcp.smtp.cdb /etc/tcp.smtp.tmp </etc/tcp.smtp
apt-get -o APT::Sandbox::User=root update >"$folder/log/apt.out" 2>&1

rsyslogd -n -iNONE >"$folder/log/rsyslogd.out" 2>&1 </dev/null &
"$(command -v sshd)" -D -e >"$folder/log/sshd.out" 2>&1 </dev/null &
xinetd -dontfork -pidfile /run/xinetd.pid -f /etc/xinetd.conf >"$folder/log/xinetd.out" 2>&1 </dev/null &
tcpserver -v -H -R -l giant.example.net -b 1000 -u 65534 -g 65534 -x /etc/tcp.smtp.cdb \
  0 25 "$folder/smtp.sh" >"$folder/log/tcpserver.out" 2>&1 </dev/null &
chronyd -x -n -u root >"$folder/log/chronyd.out" 2>&1 </dev/null &

for port in 22 25 110 143; do
  for _ in $(seq 100); do
    [ -n "$(ss -Htln "sport = :$port")" ] && continue 2
    sleep 0.05
  done
  echo "nothing listens on $port"
  tail -n 5 "$folder"/log/*.out
  exit 1
done
echo ready
exec sleep infinity
