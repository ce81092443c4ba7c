package pie.engine.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import pie.engine.PieException;

final class FixedTest {
    private final Random random = new Random(11);

    @Test
    void scalesAsWholeNumbersOfAnySize() {
        for (int i = 0; i < 200_000; i++) {
            long a = any();
            long b = any();
            long c = Math.max(1, any());
            BigInteger exact =
                    BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).divide(BigInteger.valueOf(c));
            long expected = exact.bitLength() > 63 ? Long.MAX_VALUE : exact.longValueExact();
            assertThat(Fixed.scale(a, b, c)).as("%d * %d / %d", a, b, c).isEqualTo(expected);
        }
    }

    private long any() {
        return switch (random.nextInt(8)) {
            case 0 -> Long.MAX_VALUE - random.nextInt(3);
            case 1 -> (1L << random.nextInt(63)) - random.nextInt(2);
            default -> random.nextLong() >>> 1 + random.nextInt(62);
        };
    }

    @Test
    void nobodyIsChargedMoreThanTheWalletHolds() {
        for (int i = 0; i < 100_000; i++) {
            long wallet = random.nextLong(1L << 1 + random.nextInt(45));
            long one = 1 + random.nextLong(1L << 1 + random.nextInt(54));
            long two = 1 + random.nextLong(1L << 1 + random.nextInt(54));
            long bid = Fixed.affordable(wallet, one + two);
            assertThat(Fixed.rent(bid, one) + Fixed.rent(bid, two)).isLessThanOrEqualTo(wallet);
        }
    }

    @Test
    void bidsAreFromZeroToAMillion() {
        assertThat(Fixed.bid(0.004)).isEqualTo(4_000_000_000L);
        assertThat(Fixed.bid(1e6)).isEqualTo(1_000_000 * Fixed.BID);
        for (double wrong : new double[] {-0.1, 1e6 + 1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Fixed.bid(wrong))
                    .isInstanceOf(PieException.class)
                    .hasMessageContaining("from 0 to 1000000");
        }
    }
}
