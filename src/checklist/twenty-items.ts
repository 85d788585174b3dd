/**
 * The audit's twenty items as a checklist file: a user's own list is written in the same form and may extend
 * this one. Hours are for one host of this size and an administrator who knows it.
 */
export const TWENTY_ITEMS = `
checklist: Twenty-item audit of a mail server and its network
items:
  - id: 1
    title: Physical security
    reference: site visit
    objective: Only those who need to touch the machine can.
    risk: Whoever can reach the console or the disks can pass every other control.
    compliance: The machine stands locked away, entry is limited and recorded, power and cooling are watched.
    tests: [visit the room, ask who holds keys, look at the record of entries]
    assessment: subjective
    mitigation: Lock the rack or room, keep a list of key holders, record entries.
    residual: { pass: low, fail: high }
    cost: { hours: 4, goods: 500, note: "a lock and a log book" }

  - id: 2
    title: All patches applied
    reference: vendor's security advisories
    objective: No fault that is known and mended elsewhere can be used against the host.
    risk: Published faults are tried by everybody within days.
    compliance: The package manager, with fresh lists, knows of no update that is not installed.
    tests: [pending updates as the package manager lists them, age of its lists]
    assessment: objective
    check: pending-patches
    mitigation: Install the pending updates; make a weekly look at them somebody's task.
    residual: { pass: low, fail: high }
    cost: { hours: 3, note: "install and test in the evening" }

  - id: 3
    title: SSH only, keys only
    reference: operator's rules for upkeep
    objective: Nobody logs in from the network with a guessed or overheard password.
    risk: Passwords are guessed by machines; telnet shows them to whoever listens.
    compliance: >-
      Telnet is refused; sshd runs and starts at boot; Protocol 2, PermitRootLogin no, PasswordAuthentication no;
      the server offers a stranger neither password nor, unless it is shown harmless, keyboard-interactive.
    tests:
      - 23/tcp as seen by the scans
      - sshd among the processes and at boot
      - sshd_config with its includes and Match blocks
      - the methods that the server offers (ssh -v without keys)
    assessment: objective
    check: ssh-keys-only
    mitigation: Set the three lines, switch keyboard-interactive off, restart sshd, keep one session open meanwhile.
    residual: { pass: none, fail: high }
    cost: { hours: 0.5, note: "four lines and a restart" }

  - id: 4
    title: Remote syslog complete
    reference: operator's rules for logs
    objective: What happened on the host can be read elsewhere after the host itself is lost or altered.
    risk: An intruder removes the traces; a dead disk takes them along.
    compliance: Every critical selector, the kernel's included, is sent to another host, and entries are seen there.
    tests: [syslog configuration selector by selector, an excerpt of the log on the remote host]
    assessment: objective
    check: remote-syslog
    mitigation: Add one line per missing facility with the log host as its action; reload the daemon; look for entries there.
    residual: { pass: none, fail: medium }
    cost: { hours: 0.5, note: "a line and a reload" }

  - id: 5
    title: xinetd runs only POP and IMAP
    reference: operator's list of services
    objective: The super-server starts nothing that nobody needs.
    risk: Old services such as rsh trust addresses and carry passwords in the clear.
    compliance: No service besides POP and IMAP is enabled in xinetd, inetd or systemd's sockets.
    tests: [xinetd.conf and xinetd.d with the defaults' enabled and disabled lists, inetd.conf, systemd's sockets]
    assessment: objective
    check: super-server-services
    mitigation: Set "disable = yes" in the file of each other service, or remove it, and restart the super-server.
    residual: { pass: none, fail: low }
    cost: { hours: 0.25, note: "one line and a restart" }

  - id: 6
    title: SMTP only from the filter
    reference: operator's mail design
    objective: All mail passes the virus and spam filter.
    risk: Mail that is delivered around the filter carries what the filter would stop; an open relay is abused.
    compliance: >-
      tcpserver's rules allow the filter and deny the rest, the compiled rules say the same as their source,
      and a probe from elsewhere gets no banner.
    tests: [the rules' source, the compiled cdb record by record, a connection to 25 from a host that is not the filter]
    assessment: objective
    check: smtp-from-filter
    mitigation: Correct the rules' source and compile it with tcprules.
    residual: { pass: none, fail: high }
    cost: { hours: 0.5, note: "two lines and a compilation" }

  - id: 7
    title: End users have /bin/false
    reference: operator's rules for accounts
    objective: A customer's password opens a mailbox, not a shell.
    risk: A shell is where an intruder starts from to become root.
    compliance: The shell of every account but the named administrators' ends at once.
    tests: [shells in passwd against /etc/shells and the named administrators]
    assessment: objective
    check: user-shells
    mitigation: Give each such account /bin/false; make it the default for new accounts.
    residual: { pass: low, fail: medium }
    cost: { hours: 1, note: "one command per account" }

  - id: 8
    title: Shadow passwords
    reference: good practice of the platform
    objective: Password hashes cannot be read by everyone on the host.
    risk: Whoever reads the hashes guesses the passwords elsewhere, at leisure.
    compliance: Every account points to the shadow file, which holds a hash or a lock for each.
    tests: [password fields of passwd, entries of shadow (masked)]
    assessment: objective
    check: shadow-passwords
    mitigation: Run pwconv; lock or set the empty ones.
    residual: { pass: very-low, fail: high }
    cost: { hours: 0.5, note: "one command" }

  - id: 9
    title: Only root on the console
    reference: operator's rules for upkeep
    objective: Somebody who stands before the machine cannot use an ordinary account on it.
    risk: A stolen user password becomes a login at the console.
    compliance: access.conf, read as pam_access reads it, refuses all but root locally, and login's PAM stack asks it.
    tests: [each account and terminal through access.conf, the PAM stack of login]
    assessment: objective
    check: console-root-only
    mitigation: Add "-:ALL EXCEPT root:LOCAL" to access.conf and "account required pam_access.so" to login's stack.
    residual: { pass: very-low, fail: low }
    cost: { hours: 0.5, note: "two lines and a trial login" }

  - id: 10
    title: PortSentry in use
    reference: operator's rules for monitoring
    objective: A scan of the host is noticed and reported elsewhere.
    risk: Somebody looks for a weak spot and nobody knows.
    compliance: It is configured, watches TCP and UDP, starts at boot; a probe of a watched port stands in the local and the remote log.
    tests: [portsentry.conf, the process list, the boot scripts, a probe and both logs]
    assessment: objective
    check: scan-detection
    mitigation: Install and configure it, start it at boot, probe a watched port and look for the message.
    residual: { pass: very-low, fail: low }
    cost: { hours: 2, note: "install and try" }

  - id: 11
    title: Original sendmail removed
    reference: operator's mail design
    objective: One mail program is kept up, not two.
    risk: A forgotten sendmail is out of date, runs as root and accepts mail around the filter.
    compliance: Its package is absent, none runs, and every program called sendmail is qmail's.
    tests: [package list, every program called sendmail and where its links end, the process list]
    assessment: objective
    check: sendmail-removed
    mitigation: Remove the package and link the two usual paths to /var/qmail/bin/sendmail.
    residual: { pass: none, fail: medium }
    cost: { hours: 0.5, note: "one command and two links" }

  - id: 12
    title: Change log kept
    reference: operator's rules for changes
    objective: Every change can be explained and undone.
    risk: Without a record a fault cannot be told from an intrusion.
    compliance: Each package and configuration change has a dated entry by the one who made it.
    tests: [the written log, dates of packages and configuration files against it]
    assessment: subjective
    check: change-log-kept
    mitigation: Keep one dated text file and write in it before changing anything.
    residual: { pass: low, fail: low }
    cost: { hours: 1, note: "start the file; minutes a change afterwards" }

  - id: 13
    title: Network controls from outside
    reference: the written policy (site file)
    objective: The Internet reaches what is meant for it and nothing else.
    risk: Whatever else is open can be attacked by anybody; what is meant and closed is an outage.
    compliance: The list is bound inbound, and all 65,535 ports answer from outside as the intended set says.
    tests: [the router's configuration, a scan of every port from outside, both reconciled line by line, logged sessions]
    assessment: objective
    check: outside-exposure
    mitigation: Correct the named lines of the access list; scan again from the same place.
    residual: { pass: low, fail: high }
    cost: { hours: 4, note: "change reviewed before it is pasted, then a new scan" }

  - id: 14
    title: Listening services
    reference: operator's list of services
    objective: On its own segment the host offers the production set and nothing else.
    risk: An unneeded service is one more way in for any neighbour that has fallen.
    compliance: The host's own list and a scan of every port from the segment show only the production set.
    tests: [netstat or ss with process names, a scan of every port from the segment, each stray port traced to its cause]
    assessment: objective
    check: listening-services
    mitigation: Switch the named cause off and look again.
    residual: { pass: very-low, fail: low }
    cost: { hours: 0.5, note: "one service" }

  - id: 15
    title: Backups run and restore
    reference: operator's rules for backups
    objective: After a loss the service comes back within a day, with its data.
    risk: A backup that was never restored may hold nothing.
    compliance: Backups are scheduled, the last one ended well, and restored files are equal to those in production.
    tests: [schedules, the backup's log, hashes of restored files against production]
    assessment: objective
    check: backups-restored
    mitigation: Mend the schedule; restore some files every quarter and compare them.
    residual: { pass: low, fail: high }
    cost: { hours: 6, note: "one full trial" }

  - id: 16
    title: Logs monitored, someone notified
    reference: operator's rules for monitoring
    objective: Somebody learns of trouble without looking for it.
    risk: Logs that nobody reads help only afterwards.
    compliance: swatch, logwatch, logcheck or the like is configured, runs or is scheduled, and tells a person.
    tests: [the tool's configuration, processes and schedules, whom it tells]
    assessment: objective
    check: logs-monitored
    mitigation: Set one up and let it mail a person, not a folder.
    residual: { pass: low, fail: medium }
    cost: { hours: 3, note: "set up and tune" }

  - id: 17
    title: Regular scans
    reference: the interval promised in the site file
    objective: A drift from the policy is found before somebody else finds it.
    risk: The network of today is not the network of the last audit.
    compliance: The history of audits shows none later than promised.
    tests: [this tool's own history]
    assessment: objective
    check: regular-scans
    mitigation: Schedule the audit and keep its history.
    residual: { pass: low, fail: medium }
    cost: { hours: 2, note: "a schedule" }

  - id: 18
    title: qmail and ucspi-tcp current
    reference: the authors' pages
    objective: Programs that no package manager keeps are not forgotten.
    risk: Faults mended by the author stay open here.
    compliance: The installed versions are among those declared current.
    tests: [packages and source folders, the declared versions]
    assessment: objective
    check: current-versions
    parameters: { current: { qmail: ["1.03"], ucspi-tcp: ["0.88"] } }
    mitigation: Build and install the current version; note it in the change log.
    residual: { pass: low, fail: medium }
    cost: { hours: 3, note: "build, install, try" }

  - id: 19
    title: Complies with written policy
    reference: the written policy (site file)
    objective: What is right is written down, so that it can be checked and does not hang on one person's memory.
    risk: Without a written policy every exposure is a matter of opinion, and controls decay unseen.
    compliance: The policy is written and in force, evidence checks every rule of it, and nothing contradicts it.
    tests: [the site file's rules, each against the evidence that verifies it]
    assessment: objective
    check: written-policy
    mitigation: Confirm the site file as the policy; scan from each place for which it holds a rule.
    residual: { pass: low, fail: high }
    cost: { hours: 8, note: "write it with the owner and have it signed" }

  - id: 20
    title: NTP in use
    reference: operator's rules for logs
    objective: Times in the logs of different hosts can be set against each other.
    risk: Without a common time no chain of events can be shown.
    compliance: A time daemon has servers, starts at boot, and the clock follows one closely.
    tests: [its configuration, its own view of its servers]
    assessment: objective
    check: time-synchronised
    mitigation: Name two servers and start the daemon at boot.
    residual: { pass: very-low, fail: low }
    cost: { hours: 0.5, note: "one file" }
`;
