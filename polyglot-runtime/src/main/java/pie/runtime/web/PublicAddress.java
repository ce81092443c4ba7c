package pie.runtime.web;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/** Tell addresses of the public internet from all others: private, local, reserved, and those that lead to such. */
final class PublicAddress {
    /** A range of IPv4: its first address, and how many leading bits are fixed. */
    private record Range(int base, int bits) {
        static Range of(int a, int b, int c, int bits) {
            return new Range(a << 24 | b << 16 | c << 8, bits);
        }

        boolean holds(int address) {
            return (address ^ base) >>> (32 - bits) == 0;
        }
    }

    /** From the registry of special-purpose addresses, RFC 6890 and its successors. */
    private static final List<Range> RESERVED = List.of(
            Range.of(0, 0, 0, 8),
            Range.of(10, 0, 0, 8),
            Range.of(100, 64, 0, 10),
            Range.of(127, 0, 0, 8),
            Range.of(169, 254, 0, 16),
            Range.of(172, 16, 0, 12),
            Range.of(192, 0, 0, 24),
            Range.of(192, 0, 2, 24),
            Range.of(192, 88, 99, 24),
            Range.of(192, 168, 0, 16),
            Range.of(198, 18, 0, 15),
            Range.of(198, 51, 100, 24),
            Range.of(203, 0, 113, 24),
            Range.of(224, 0, 0, 4),
            Range.of(240, 0, 0, 4));

    private PublicAddress() {}

    static boolean is(InetAddress address) {
        return switch (address) {
            case Inet4Address four -> is(word(four.getAddress(), 0));
            case Inet6Address six -> isSix(six.getAddress());
            default -> false;
        };
    }

    private static boolean is(int four) {
        return RESERVED.stream().noneMatch(range -> range.holds(four));
    }

    /** Of IPv6 only 2000::/3 is public, and what carries an IPv4 address is what that is. */
    private static boolean isSix(byte[] a) {
        int head = word(a, 0);
        if (head == 0x0064ff9b) { // NAT64
            return word(a, 4) == 0 && word(a, 8) == 0 && is(word(a, 12));
        }
        if (head >>> 29 != 1) {
            return false;
        }
        if (head >>> 16 == 0x2002) { // 6to4
            return is(head << 16 | word(a, 4) >>> 16);
        }
        boolean teredoOrOther = head >>> 9 == 0x20010000 >>> 9; // 2001::/23
        boolean documentation = head == 0x20010db8 || head >>> 20 == 0x3fff0000 >>> 20;
        return !teredoOrOther && !documentation;
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 255) << 24 | (bytes[at + 1] & 255) << 16 | (bytes[at + 2] & 255) << 8 | bytes[at + 3] & 255;
    }
}
