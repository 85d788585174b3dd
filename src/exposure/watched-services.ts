/**
 * TCP services whose exposure hurts most or happens most: remote shells and logins, mail, name, file and print
 * sharing, databases, management. A plan asks about them before the sweep, and always where it only samples.
 */
export const WATCHED_TCP_PORTS: readonly number[] = [
  21, 22, 23, 25, 53, 69, 79, 80, 110, 111, 135, 139, 143, 161, 179, 389, 443, 445, 512, 513, 514, 515, 587,
  631, 873, 993, 995, 1433, 1521, 1723, 2049, 3128, 3306, 3389, 5432, 5900, 6000, 6379, 8000, 8080, 8443,
  9100, 9200, 11211, 27017,
];
