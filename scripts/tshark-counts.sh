#!/bin/sh
# Writes what tshark counts in packet files, as expectations for capture's tests:
#   scripts/tshark-counts.sh ../shared/pcaps capture/testdata/tshark
# One CSV per file. Its first line has the address whose side is the interface's:
# the source of the first IP packet. Then one line per window of 10 s, direction
# and 5-tuple: start of the window, direction, source, destination, source port,
# destination port, protocol, packets, IP bytes, and the different flag bytes of
# TCP headers.
#
# The outer header is the first of ip and ipv6 in frame.protocols; its fields, and
# those of the transport header behind it, are the first occurrences. The protocol
# of an IPv6 packet is found by following the extension headers' next-header fields
# in order. IP bytes are ip.len, or ipv6.plen + 40; where that is zero the jumbo
# option, else the frame without its Ethernet and VLAN headers. Reassembly is off:
# fragments are packets, and all but the first have no ports. A packet that is older
# than the window before it counts in that one.
set -eu
in=$1
out=$2
mkdir -p "$out"
for f in "$in"/*.pcap "$in"/*.pcapng; do
	name=$(basename "$f")
	{
		tshark -n -r "$f" -o ip.defragment:FALSE -o ipv6.defragment:FALSE -o tcp.desegment_tcp_streams:FALSE \
			-o ip.tso_support:TRUE -o ipv6.tso_support:TRUE \
			-T fields -E separator='|' -E occurrence=a -E aggregator=, \
			-e frame.len -e frame.protocols -e vlan.id \
			-e ip.len -e ip.proto \
			-e ipv6.plen -e ipv6.nxt -e ipv6.opt.jumbo \
			-e ipv6.hopopts.nxt -e ipv6.routing.nxt -e ipv6.dstopts.nxt -e ipv6.fraghdr.nxt -e ipv6.fraghdr.offset -e ah.next_header \
			-e frame.time_epoch -e sll.pkttype -e ip.src -e ip.dst -e ipv6.src -e ipv6.dst \
			-e tcp.srcport -e tcp.dstport -e udp.srcport -e udp.dstport -e sctp.srcport -e sctp.dstport -e tcp.flags \
			2>/dev/null || true # a file that is cut: what was before counts
	} | awk -F'|' '
		BEGIN { window = 0 }
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
		# direction of a packet: by the addresses, else as the cooked header says.
		function direction(src, dst, type) {
			if (src == mine) return "egress"
			if (dst == mine) return "ingress"
			return type == 4 ? "egress" : "ingress"
		}
		{
			split($15, time, ".")
			start = time[1] - time[1] % 10
			if (start > window) window = start
			kind = outer($2)
			if (kind == "ip") {
				if ($4 == "" || $5 == "") next
				proto = first($5); bytes = first($4); src = first($17); dst = first($18)
			} else if (kind == "ipv6") {
				if ($6 == "" || $7 == "") next
				proto = upper(first($7), $9, $10, $11, $12, $13, $14)
				bytes = first($6) + 40
				if (bytes == 40 && first($7) != 59) bytes = $8 != "" ? first($8) + 40 : $1 - 14 - 4 * ($3 == "" ? 0 : split($3, tags, ","))
				src = first($19); dst = first($20)
			} else next
			if (mine == "") { mine = src; print mine }
			at = 0; flags = ""
			if (proto == 6) { at = 21; flags = first($27) }
			if (proto == 17) at = 23
			if (proto == 132) at = 25
			k = window "," direction(src, dst, $16) "," src "," dst "," (at ? first($at) + 0 : 0) "," (at ? first($(at + 1)) + 0 : 0) "," proto
			packets[k]++; sum[k] += bytes
			if (flags != "" && !seen[k, flags]++) all[k] = all[k] " " flags
		}
		END { for (k in packets) printf "%s,%d,%d,%s\n", k, packets[k], sum[k], substr(all[k], 2) | "LC_ALL=C sort" }
	' >"$out/$name.csv"
done
