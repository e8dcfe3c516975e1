#!/bin/sh
# Writes what tshark counts in packet files, as expectations for capture's tests:
#   scripts/tshark-counts.sh ../shared/pcaps capture/testdata/tshark
# One CSV per file: protocol of the outer IP header, packets, IP bytes.
#
# The outer header is the first of ip and ipv6 in frame.protocols; its fields are
# the first occurrences. The protocol of an IPv6 packet is found by following the
# extension headers' next-header fields in order. IP bytes are ip.len, or
# ipv6.plen + 40; where that is zero the jumbo option, else the frame without its
# Ethernet and VLAN headers. Reassembly is off: fragments are packets.
set -eu
in=$1
out=$2
mkdir -p "$out"
for f in "$in"/*.pcap "$in"/*.pcapng; do
	name=$(basename "$f")
	{
		tshark -n -r "$f" -o ip.defragment:FALSE -o ipv6.defragment:FALSE -o tcp.desegment_tcp_streams:FALSE \
			-T fields -E separator='|' -E occurrence=a -E aggregator=, \
			-e frame.len -e frame.protocols -e vlan.id \
			-e ip.len -e ip.proto \
			-e ipv6.plen -e ipv6.nxt -e ipv6.opt.jumbo \
			-e ipv6.hopopts.nxt -e ipv6.routing.nxt -e ipv6.dstopts.nxt -e ipv6.fraghdr.nxt -e ipv6.fraghdr.offset -e ah.next_header \
			2>/dev/null || true # a file that is cut: what was before counts
	} | awk -F'|' '
		function first(s, parts) { split(s, parts, ","); return parts[1] }
		function outer(s, parts, n, i) {
			n = split(s, parts, ":")
			for (i = 1; i <= n; i++) if (parts[i] == "ip" || parts[i] == "ipv6") return parts[i]
			return ""
		}
		# upper follows the extension headers.
		function upper(nxt, hop, routing, dst, frag, off, ah, i, at, f, o) {
			delete at
			for (i = 0; i < 64; i++) {
				if (nxt == 0) { split(hop, f, ",") }
				else if (nxt == 43) { split(routing, f, ",") }
				else if (nxt == 60) { split(dst, f, ",") }
				else if (nxt == 51) { split(ah, f, ",") }
				else if (nxt == 44) { split(frag, f, ","); split(off, o, ","); if (o[1] != 0) return f[1] }
				else return nxt
				at[nxt]++
				if (f[at[nxt]] == "") return nxt
				nxt = f[at[nxt]]
			}
			return nxt
		}
		{
			kind = outer($2)
			if (kind == "ip") {
				if ($4 == "" || $5 == "") next
				proto = first($5); bytes = first($4)
			} else if (kind == "ipv6") {
				if ($6 == "" || $7 == "") next
				proto = upper(first($7), $9, $10, $11, $12, $13, $14)
				bytes = first($6) + 40
				if (bytes == 40 && first($7) != 59) bytes = $8 != "" ? first($8) + 40 : $1 - 14 - 4 * ($3 == "" ? 0 : split($3, tags, ","))
			} else next
			packets[proto]++; sum[proto] += bytes
		}
		END { for (p in packets) printf "%d,%d,%d\n", p, packets[p], sum[p] }
	' | sort -t, -k1,1n >"$out/$name.csv"
done
