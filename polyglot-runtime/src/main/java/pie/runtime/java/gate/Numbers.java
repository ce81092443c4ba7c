package pie.runtime.java.gate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Bound big numbers, whose operations cannot be stopped: 2^20 bits, decimals to 10 000 places. */
public final class Numbers {
    private static final long BITS = 1 << 20;
    private static final long PLACES = 10_000;

    private Numbers() {}

    @Tames
    public static void tame(@Nullable BigInteger n) {
        if (n != null) {
            bits(n.bitLength());
        }
    }

    @Tames
    public static void tame(@Nullable BigDecimal n) {
        if (n != null) {
            places(n.scale());
            bits(n.unscaledValue().bitLength());
        }
    }

    private static void bits(long n) {
        Gate.atMost("a BigInteger in bits", n, BITS);
    }

    private static void places(long n) {
        Gate.atMost("the decimal places of a BigDecimal", Math.abs(n), PLACES);
    }

    @GuardsNew(BigInteger.class)
    public static void digits(String s) {
        Gate.atMost("a number in digits", s.length(), 100_000);
    }

    @GuardsNew(BigInteger.class)
    public static void digits(String s, int radix) {
        Gate.atMost("a number in digits", s.length(), 100_000);
    }

    @GuardsNew(BigInteger.class)
    public static void bytes(byte[] b) {
        bits(b.length * 8L);
    }

    @GuardsNew(BigInteger.class)
    public static void bytes(int sign, byte[] b) {
        bits(b.length * 8L);
    }

    @Guards(value = BigInteger.class, names = "pow")
    public static void pow(BigInteger b, int n) {
        bits((long) b.bitLength() * Math.max(0, n));
    }

    @Guards(value = BigInteger.class, names = "shiftLeft")
    public static void shiftLeft(BigInteger b, int n) {
        bits((long) b.bitLength() + n);
    }

    @Guards(value = BigInteger.class, names = "shiftRight")
    public static void shiftRight(BigInteger b, int n) {
        bits((long) b.bitLength() - n);
    }

    @Guards(
            value = BigInteger.class,
            names = {"setBit", "flipBit", "clearBit"})
    public static void bit(BigInteger b, int n) {
        bits(n);
    }

    @Guards(value = BigInteger.class, names = "modPow")
    public static void modPow(BigInteger b, BigInteger e, BigInteger m) {
        Gate.atMost(
                "modPow: an operand in bits", Math.max(b.bitLength(), Math.max(e.bitLength(), m.bitLength())), 8192);
    }

    @Guards(
            value = BigInteger.class,
            names = {"modInverse", "gcd"})
    public static void euclid(BigInteger a, BigInteger b) {
        Gate.atMost("gcd, modInverse: an operand in bits", Math.max(a.bitLength(), b.bitLength()), 1 << 16);
    }

    @Guards(
            value = BigInteger.class,
            names = {"sqrt", "sqrtAndRemainder", "toString"})
    public static void slow(BigInteger a) {
        Gate.check();
        Gate.atMost("sqrt, toString: a number in bits", a.bitLength(), 1 << 19);
    }

    @Guards(value = BigInteger.class, names = "isProbablePrime")
    public static void prime(BigInteger a, int certainty) {
        Gate.atMost("isProbablePrime: a number in bits", a.bitLength(), 4096);
        Gate.atMost("isProbablePrime: certainty", certainty, 200);
    }

    // -- decimals

    @GuardsNew(BigDecimal.class)
    public static void decimal(String s) {
        Gate.atMost("a number in digits", s.length(), PLACES);
        int e = Math.max(s.indexOf('e'), s.indexOf('E'));
        if (e >= 0) {
            Gate.atMost("the exponent of a BigDecimal in digits", s.length() - e - 1L, 6);
            places(new BigDecimal(s).scale());
        }
    }

    @GuardsNew(BigDecimal.class)
    public static void decimal(BigInteger n) {
        Gate.atMost("a BigDecimal in bits", n.bitLength(), PLACES * 4);
    }

    @GuardsNew(MathContext.class)
    public static void precision(int n) {
        places(n);
    }

    @Guards(
            value = BigDecimal.class,
            names = {"setScale", "scaleByPowerOfTen", "movePointLeft", "movePointRight"})
    public static void scale(BigDecimal d, int n) {
        places(n);
    }

    @Guards(value = BigDecimal.class, names = "setScale")
    public static void scale(BigDecimal d, int n, RoundingMode mode) {
        places(n);
    }

    @Guards(value = BigDecimal.class, names = "divide")
    public static void divide(BigDecimal d, BigDecimal by, int scale, RoundingMode mode) {
        places(scale);
    }

    @Guards(value = BigDecimal.class, names = "pow")
    public static void pow(BigDecimal d, int n) {
        places((long) d.scale() * n);
        bits((long) d.unscaledValue().bitLength() * Math.max(0, n));
    }
}
