package pie.engine.market;

import pie.engine.PieException;

/** Name the units of the market's whole numbers, and multiply and divide them without overflow. */
public final class Fixed {
    private static final int PAGE_BITS = 40;

    /** Micro-credits in a credit: the unit of balances, rents and dividends. */
    public static final long CREDIT = 1_000_000;
    /** Pico-credits in a credit: the unit of bids and prices, a page and tick. */
    public static final long BID = 1_000_000_000_000L;
    /** Parts in a page: the unit of effective pages. */
    public static final long PAGE = 1L << PAGE_BITS;
    /** Highest bid, in credits. */
    public static final double MOST_BID = 1e6;

    /** Bid times effective pages in a micro-credit. */
    private static final long RENT = BID / CREDIT << PAGE_BITS;

    private Fixed() {}

    /** Return a bid given in credits. @throws PieException INVALID_ARGUMENT unless it is from 0 to 10⁶ */
    public static long bid(double credits) {
        if (!(credits >= 0 && credits <= MOST_BID)) {
            throw PieException.invalid("a bid is a number of credits from 0 to 1000000, got " + credits);
        }
        return Math.round(credits * BID);
    }

    /** Return the micro-credits that effective pages cost at a bid, rounded down. */
    public static long rent(long bid, long pages) {
        return scale(bid, pages, RENT);
    }

    /** Return the highest bid at which effective pages cost no more than micro-credits. */
    public static long affordable(long micro, long pages) {
        return pages <= 0 ? Long.MAX_VALUE : scale(micro, RENT, pages);
    }

    /** Return {@code a · b / c} rounded down, {@link Long#MAX_VALUE} if that is more; a and b not negative, c positive. */
    public static long scale(long a, long b, long c) {
        long high = Math.multiplyHigh(a, b);
        long low = a * b;
        if (high == 0 && low >= 0) {
            return low / c;
        }
        if (high >= c) {
            return Long.MAX_VALUE;
        }
        long quotient = divide(high, low, c);
        return quotient < 0 ? Long.MAX_VALUE : quotient;
    }

    /** Divide 128 bits by 63, high below the divisor: schoolbook division by 32-bit digits (Knuth, TAOCP 2, 4.3.1 D). */
    private static long divide(long high, long low, long c) {
        int shift = Long.numberOfLeadingZeros(c);
        long divisor = c << shift;
        long top = divisor >>> 32;
        long bottom = divisor & 0xffffffffL;
        long rest = high << shift | low >>> 1 >>> 63 - shift;
        long tail = low << shift;
        long first = digit(rest, tail >>> 32, top, bottom);
        rest = (rest << 32 | tail >>> 32) - first * divisor;
        long second = digit(rest, tail & 0xffffffffL, top, bottom);
        return (first << 32) + second;
    }

    private static long digit(long rest, long next, long top, long bottom) {
        long digit = Long.divideUnsigned(rest, top);
        long left = rest - digit * top;
        while (digit > 0xffffffffL || Long.compareUnsigned(digit * bottom, left << 32 | next) > 0) {
            digit--;
            left += top;
            if (left > 0xffffffffL) {
                break;
            }
        }
        return digit;
    }

    /** Return micro-credits as credits, for people and programs to read. */
    public static double credits(long micro) {
        return (double) micro / CREDIT;
    }

    /** Return a bid or price in credits, for people and programs to read. */
    public static double price(long bid) {
        return (double) bid / BID;
    }

    /** Return effective pages as a number, for people and programs to read. */
    public static double pages(long effective) {
        return (double) effective / PAGE;
    }
}
