package pie.engine.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import pie.engine.PieException;

final class LedgerTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void theLawHoldsUnderRandomOperations() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            Ledger ledger = new Ledger(MarketConfig.DEFAULT);
            List<Wallet> live = new ArrayList<>();
            long now = 0;
            long unpaid = 0;
            for (int i = 0; i < 2_000; i++) {
                now += random.nextLong(20 * SECOND);
                Wallet any = live.isEmpty() ? null : live.get(random.nextInt(live.size()));
                switch (random.nextInt(10)) {
                    case 0, 1 -> {
                        int owner = random.nextInt(7);
                        live.add(ledger.open("owner " + owner, 0.3 + owner));
                    }
                    case 2 -> {
                        if (any != null) {
                            live.remove(any);
                            ledger.close(any, now);
                            ledger.close(any, now);
                        }
                    }
                    case 3, 4, 5 -> {
                        if (any != null) {
                            int pages = random.nextInt(30);
                            unpaid += Math.max(0, pages * Fixed.CREDIT - any.balance());
                            ledger.make(any, pages);
                        }
                    }
                    case 6, 7 -> {
                        if (any != null) {
                            ledger.busy(any);
                            ledger.rent(any, random.nextLong(3 * Fixed.CREDIT));
                        }
                    }
                    case 8 -> ledger.pay();
                    default -> {
                        for (Wallet wallet : live) {
                            if (random.nextBoolean()) {
                                ledger.busy(wallet);
                            }
                        }
                        ledger.refill(now);
                    }
                }
                ledger.checkIntegrity();
            }
            assertThat(ledger.unpaid()).isEqualTo(unpaid);
            assertThat(ledger.processes()).isEqualTo(live.size());
        }
    }

    @Test
    void moreProcessesBuyNothing() {
        Ledger ledger = new Ledger(MarketConfig.DEFAULT);
        Wallet single = ledger.open("one", 1);
        List<Wallet> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.add(ledger.open("many", 1));
        }
        assertThat(many.stream().mapToLong(Wallet::balance).sum()).isEqualTo(single.balance());
        assertThat(many.stream().mapToLong(Wallet::endowment).sum()).isEqualTo(single.endowment());
        for (Wallet wallet : many) {
            assertThat(wallet.balance()).isCloseTo(1_600_000, within(50L));
        }
        ledger.rent(single, 8_000_000);
        ledger.pay();
        assertThat(many.stream().mapToLong(Wallet::dividend).sum()).isCloseTo(4_000_000, within(100L));
        ledger.checkIntegrity();
    }

    @Test
    void whatAProcessLeavesGoesToItsSiblingsThenToThePurse() {
        Ledger ledger = new Ledger(MarketConfig.DEFAULT);
        Wallet first = ledger.open("a", 1);
        Wallet second = ledger.open("a", 1);
        Wallet other = ledger.open("b", 1);
        ledger.make(first, 10);
        ledger.close(first, 0);
        assertThat(second.balance()).isEqualTo(54_000_000);
        ledger.rent(other, 64_000_000);
        ledger.pay();
        assertThat(second.balance()).isEqualTo(86_000_000);
        ledger.close(second, 0);
        assertThat(Objects.requireNonNull(ledger.account("a")).purse()).isEqualTo(64_000_000);
        assertThat(ledger.retired()).isEqualTo(22_000_000);
        ledger.checkIntegrity();
        ledger.refill(SECOND);
        Wallet back = ledger.open("a", 1);
        assertThat(back.balance()).as("the purse is kept").isEqualTo(64_000_000);
        ledger.make(back, 60);
        ledger.close(back, 2 * SECOND);
        ledger.refill(2 * SECOND + Duration.ofMinutes(10).toNanos() - 1);
        assertThat(ledger.account("a")).isNotNull();
        ledger.refill(2 * SECOND + Duration.ofMinutes(10).toNanos());
        assertThat(ledger.account("a")).as("forgotten after ten minutes").isNull();
        assertThat(ledger.retired()).isEqualTo(26_000_000);
        assertThat(ledger.open("a", 1).balance()).isEqualTo(64_000_000);
        ledger.checkIntegrity();
    }

    @Test
    void aRefillGoesByWeightToThoseThatTookPart() {
        Ledger ledger = new Ledger(MarketConfig.DEFAULT);
        Wallet light = ledger.open("light", 1);
        Wallet heavy = ledger.open("heavy", 3);
        Wallet absent = ledger.open("absent", 4);
        ledger.make(light, 64);
        ledger.make(heavy, 100);
        ledger.make(absent, 56);
        assertThat(ledger.refillable()).isFalse();
        ledger.busy(light);
        ledger.busy(heavy);
        assertThat(ledger.refillable()).isTrue();
        ledger.refill(SECOND);
        assertThat(light.balance()).isEqualTo(55_000_000);
        assertThat(heavy.balance()).isEqualTo(92_000_000 + 165_000_000);
        assertThat(absent.balance()).isEqualTo(200_000_000);
        assertThat(ledger.balances()).as("the supply is whole again").isEqualTo(ledger.endowments());
        ledger.make(absent, 200);
        ledger.make(heavy, 257);
        ledger.busy(light);
        ledger.refill(2 * SECOND);
        assertThat(light.balance()).as("no more than four endowments").isEqualTo(256_000_000);
        ledger.checkIntegrity();
    }

    @Test
    void aPageThatCannotBePaidIsCounted() {
        Ledger ledger = new Ledger(MarketConfig.DEFAULT);
        Wallet wallet = ledger.open("a", 1);
        ledger.make(wallet, 70);
        assertThat(wallet.balance()).isZero();
        assertThat(wallet.makePaid()).isEqualTo(64_000_000);
        assertThat(wallet.makeUnpaid()).isEqualTo(6_000_000);
        assertThatThrownBy(() -> ledger.open("b", 0)).isInstanceOf(PieException.class);
        ledger.checkIntegrity();
    }
}
