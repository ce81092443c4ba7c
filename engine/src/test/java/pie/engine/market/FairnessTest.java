package pie.engine.market;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FairnessTest {
    private static final int TICKS = 6_000;

    @Test
    void ownersAreServedByWeight() {
        for (int seed = 0; seed < 6; seed++) {
            Town town = new Town(MarketConfig.DEFAULT.withMakeAgainPpm(seed < 3 ? 200_000 : 1_000_000), 256, seed);
            town.owner(1, 14, 1);
            town.owner(1, 14, 1);
            town.owner(2, 14, 1);
            town.owner(4, 14, 1);
            town.run(TICKS);
            assertThat(town.jain()).as("seed %d", seed).isGreaterThanOrEqualTo(0.98);
            assertThat(town.displacementsPerContext()).as("seed %d", seed).isLessThan(8);
        }
    }

    @Test
    void manyProcessesBuyNoMoreService() {
        for (int seed = 0; seed < 6; seed++) {
            Town town = new Town(MarketConfig.DEFAULT.withMakeAgainPpm(seed < 3 ? 200_000 : 1_000_000), 256, seed);
            town.owner(1, 40, 1);
            town.owner(1, 3, 8);
            town.owner(2, 14, 1);
            town.owner(4, 14, 2);
            town.run(TICKS);
            assertThat(town.jain()).as("seed %d", seed).isGreaterThanOrEqualTo(0.98);
            assertThat(town.displacementsPerContext()).as("seed %d", seed).isLessThan(8);
        }
    }

    @Test
    void noWealthStarvesAnybody() {
        for (int seed = 0; seed < 5; seed++) {
            Town town = new Town(MarketConfig.DEFAULT, 128, seed);
            Town.Owner rich = town.owner(1000, 6, 1);
            rich.bid = Fixed.bid(5);
            for (int i = 0; i < 10; i++) {
                town.owner(1, 1, 1).bid = 0;
            }
            town.run(TICKS);
            double bound = 2 + town.mostAhead * (64 + 2) * 0.05 + 2 * 0.05;
            assertThat(town.longestWait / 1e9).as("seed %d", seed).isLessThanOrEqualTo(bound);
            for (Town.Owner owner : town.owners) {
                assertThat(owner.rows).isPositive();
            }
        }
    }
}
