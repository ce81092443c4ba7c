package pie.engine.market;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The numbers of the market's description, to the digit. */
final class WorkedExamplesTest {
    private static final long SECOND = 1_000_000_000L;
    private long arrivals;

    @Test
    void withoutContentionMakeCostComesBackWithTheRefill() {
        Market market = new Market(MarketConfig.DEFAULT, 100, 16);
        Ledger ledger = market.ledger();
        Wallet a = ledger.open("a", 1);
        Wallet b = ledger.open("b", 1);
        Bidder one = bidder(a, 30);
        Bidder two = bidder(b, 20);
        tick(market, 50, 0, one, two);
        assertThat(market.price()).isZero();
        charge(market, one, two);
        ledger.make(a, 10);
        ledger.make(b, 10);
        assertThat(a.balance()).isEqualTo(54_000_000);
        assertThat(b.balance()).isEqualTo(54_000_000);
        assertThat(a.rentPaid() + a.dividends()).isZero();
        ledger.checkIntegrity();
        ledger.refill(SECOND);
        assertThat(ledger.refilled()).isEqualTo(20_000_000);
        assertThat(a.balance()).isEqualTo(64_000_000);
        assertThat(b.balance()).isEqualTo(64_000_000);
        assertThat(ledger.issued() + ledger.refilled() - ledger.made()).isEqualTo(128_000_000);
        ledger.checkIntegrity();
    }

    @Test
    void sharersOfAPrefixSplitItsRent() {
        Market market = new Market(MarketConfig.DEFAULT.withMakeAgainPpm(0), 44, 16);
        Wallet a = market.ledger().open("a", 1);
        Wallet b = market.ledger().open("b", 1);
        Wallet c = market.ledger().open("c", 1);
        int[] prefix = IntStream.range(0, 12).toArray();
        Bidder a1 = new Bidder(a, 0, Fixed.bid(0.05));
        a1.holds(8, prefix, 12, 14 * Fixed.PAGE);
        a1.wants(0, true, false, 0);
        Bidder a2 = new Bidder(a, 1, Fixed.bid(0.05));
        a2.holds(6, prefix, 12, 12 * Fixed.PAGE);
        a2.wants(0, true, false, 0);
        Bidder b1 = new Bidder(b, 2, Fixed.bid(0.03));
        b1.holds(16, prefix, 0, 16 * Fixed.PAGE);
        b1.wants(0, true, false, 0);
        Bidder c1 = new Bidder(c, 3, Fixed.bid(0.02));
        c1.wants(10, true, false, 0);
        tick(market, 42, 64, a1, a2, b1, c1);
        assertThat(c1.granted()).isFalse();
        assertThat(new boolean[] {a1.granted(), a2.granted(), b1.granted()}).containsExactly(true, true, true);
        assertThat(market.price()).isEqualTo(Fixed.bid(0.02));
        charge(market, a1, a2, b1);
        assertThat(new long[] {a1.rent(), a2.rent(), b1.rent()}).containsExactly(280_000, 240_000, 320_000);
        assertThat(market.revenue()).isEqualTo(840_000);
        assertThat(new long[] {a.dividend(), b.dividend(), c.dividend()}).containsExactly(280_000, 280_000, 280_000);
        assertThat(a.balance()).isEqualTo(64_000_000 - 240_000);
        assertThat(b.balance()).isEqualTo(64_000_000 - 40_000);
        assertThat(c.balance()).isEqualTo(64_000_000 + 280_000);
        market.ledger().checkIntegrity();

        a1.holds(20, prefix, 0, 20 * Fixed.PAGE);
        b1.wants(0, true, false, 0);
        tick(market, 36, 64, a1, b1, c1);
        assertThat(c1.granted()).isFalse();
        charge(market, a1, b1);
        assertThat(a1.rent()).isEqualTo(400_000);
    }

    @Test
    void displacementOwnBidPaymentAndAgeing() {
        Market market = new Market(MarketConfig.DEFAULT, 20, 16);
        Ledger ledger = market.ledger();
        Bidder a = bidder(ledger.open("a", 1), 12);
        Bidder b = bidder(ledger.open("b", 1), 8);
        Bidder c = bidder(ledger.open("c", 1), 0);
        Bidder d = bidder(ledger.open("d", 1), 0);
        a.set(Fixed.bid(0.010), true);
        b.set(Fixed.bid(0.004), true);
        c.set(Fixed.bid(0.006), true);
        c.wants(10, true, false, 0);
        tick(market, 20, 0, a, b, c);
        assertThat(new boolean[] {a.granted(), b.granted(), c.granted()}).containsExactly(true, true, false);
        assertThat(a.value).isEqualTo(13_125_000_000L);
        assertThat(b.value).isEqualTo(7_125_000_000L);
        assertThat(market.price()).isEqualTo(Fixed.bid(0.006));
        charge(market, a, b);
        assertThat(a.rent()).isEqualTo(72_000);
        assertThat(b.rent()).as("its own bid is below the price").isEqualTo(32_000);

        d.set(Fixed.bid(0.005), true);
        d.wants(8, true, false, 0);
        tick(market, 20, 0, a, b, c, d);
        assertThat(new boolean[] {a.granted(), b.granted(), c.granted(), d.granted()})
                .containsExactly(true, true, false, false);
        assertThat(market.displacements()).isZero();

        d.set(Fixed.bid(0.008), true);
        tick(market, 20, 0, a, b, c, d);
        assertThat(new int[] {a.rank(), d.rank(), b.rank(), c.rank()}).containsExactly(0, 1, 2, 3);
        assertThat(new boolean[] {a.granted(), b.granted(), c.granted(), d.granted()})
                .containsExactly(true, false, false, true);
        assertThat(market.price()).isEqualTo(Fixed.bid(0.006));
        assertThat(market.displacements()).isEqualTo(1);
        assertThat(market.displaced(0)).isSameAs(b);
        assertThat(market.displacer(0)).isSameAs(d);
        assertThat(b.displaced()).isTrue();
        b.holds(0, new int[0], 0, 0);
        b.wants(8, true, false, SECOND);
        d.holds(8, new int[0], 0, 8 * Fixed.PAGE);
        d.wants(0, true, false, 0);
        charge(market, a, d);
        assertThat(a.rent()).isEqualTo(72_000);
        assertThat(d.rent()).isEqualTo(48_000);

        market.begin();
        for (Bidder bidder : new Bidder[] {a, b, d}) {
            bidder.waitSince = 2 * SECOND;
            assertThat(market.add(bidder, 2 * SECOND)).isFalse();
        }
        assertThat(market.add(c, 2 * SECOND)).as("becomes aged").isTrue();
        market.clear(20, 0);
        assertThat(c.rank()).isZero();
        assertThat(new boolean[] {a.granted(), b.granted(), c.granted(), d.granted()})
                .containsExactly(false, false, true, true);
        assertThat(market.price()).isEqualTo(Fixed.bid(0.010));
        assertThat(market.displacements()).isEqualTo(1);
        assertThat(market.displaced(0)).isSameAs(a);
        assertThat(market.displacer(0)).isSameAs(c);
        c.holds(10, new int[0], 0, 10 * Fixed.PAGE);
        c.wants(0, true, false, 0);
        charge(market, c, d);
        assertThat(c.rent()).isEqualTo(60_000);
        assertThat(d.rent()).isEqualTo(64_000);

        for (int step = 0; step < 64; step++) {
            assertThat(c.aged()).isTrue();
            c.ran();
        }
        assertThat(c.aged()).as("after 64 steps it ranks by its bid again").isFalse();
        ledger.checkIntegrity();
    }

    @Test
    void theDefaultBidEmptiesTheWalletAtTheHorizon() {
        long bid = Bidder.standard(64_000_000, 280_000, 20 * Fixed.PAGE, 200, false, 16);
        assertThat(bid).isEqualTo(18_461_538_461L);
        assertThat(Math.round(Fixed.price(bid) * 1e6) / 1e6).isEqualTo(0.018462);
        assertThat(Bidder.standard(64_000_000, 0, 0, 1, true, 16)).isEqualTo(Fixed.bid(64) * 32 / 33);
    }

    @Test
    void nobodyBidsMoreThanItCanPayForAsLongAsItStays() {
        Market market = new Market(MarketConfig.DEFAULT, 100, 16);
        Wallet wallet = market.ledger().open("a", 1);
        Bidder one = bidder(wallet, 10);
        Bidder two = bidder(wallet, 6);
        one.set(Fixed.bid(100), true);
        two.set(Fixed.bid(0.05), true);
        tick(market, 16, 0, one, two);
        assertThat(one.bid()).isEqualTo(Fixed.bid(100));
        assertThat(one.effectiveBid())
                .as("64 credits for 16 pages and 64 ticks")
                .isEqualTo(Fixed.bid(0.0625));
        assertThat(two.effectiveBid()).isEqualTo(Fixed.bid(0.05));
        one.expect(8, true);
        tick(market, 16, 0, one, two);
        assertThat(one.effectiveBid()).as("for 8 ticks").isEqualTo(Fixed.bid(0.5));
    }

    private Bidder bidder(Wallet wallet, int held) {
        Bidder bidder = new Bidder(wallet, arrivals++, -1);
        bidder.holds(held, new int[0], 0, held * Fixed.PAGE);
        bidder.wants(0, true, false, 0);
        return bidder;
    }

    private static void tick(Market market, int inUse, int headroomTicks, Bidder... all) {
        market.begin();
        for (Bidder bidder : all) {
            market.add(bidder, 0);
        }
        market.clear(inUse, headroomTicks);
    }

    private static void charge(Market market, Bidder... resident) {
        for (Bidder bidder : resident) {
            market.charge(bidder, bidder.effective());
        }
        market.settle();
    }
}
