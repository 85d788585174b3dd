#!/bin/bash
# Usage: start.sh FOLDER PORTSENTRY TCPSERVER_LIMIT PORT...
# Run by `ip netns exec`, so with a mount namespace of its own: what is mounted here is seen by giant alone.
# That namespace stays a slave of the machine's: a private one would keep other labs' networks alive after their end.
# Starts the daemons, waits until the ports listen, says `ready` and stays as the anchor of the mount namespace.
set -eu
folder=$1 portsentry=$2 limit=$3
shift 3

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/sshd /run/lock
mount --bind "$folder/xinetd.conf" /etc/xinetd.conf
mount --bind "$folder/xinetd.d" /etc/xinetd.d
for file in /etc/hosts.allow /etc/hosts.deny; do
  [ -e $file ] && mount --bind "$folder/empty" $file
done

cd "$folder"
ulimit -n 65536 2>/dev/null || true
"$(command -v sshd)" -D -e -f "$folder/sshd_config" >log/sshd.log 2>&1 </dev/null &
xinetd -dontfork -pidfile "$folder/xinetd.pid" -f /etc/xinetd.conf >log/xinetd.out 2>&1 </dev/null &
tcpserver -v -H -R -l giant.example.net -c "$limit" -b 1000 -u 65534 -g 65534 -x "$folder/tcp.smtp.cdb" \
  0 25 "$folder/smtp.sh" >log/tcpserver.log 2>&1 </dev/null &

for port in "$@"; do
  for _ in $(seq 100); do
    [ -n "$(ss -Htln "sport = :$port")" ] && continue 2
    sleep 0.05
  done
  echo "nothing listens on $port"
  tail -n 5 log/*
  exit 1
done
if [ "$portsentry" != off ]; then
  mount --bind "$folder/portsentry" /etc/portsentry
  mount --bind "$folder/portsentry-state" /var/lib/portsentry
  # It goes into the background by itself, and only now, so that it finds the services' ports taken.
  portsentry -"$portsentry" >log/portsentry.log 2>&1 </dev/null
fi

echo ready
exec sleep infinity
