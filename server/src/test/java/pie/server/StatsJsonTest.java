package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pie.engine.market.MarketEvent;
import pie.engine.market.MarketStats;
import pie.engine.process.OwnerId;

final class StatsJsonTest {
    private static final String MINE = "11111111-1111-4111-8111-111111111111";
    private static final String THEIRS = "22222222-2222-4222-8222-222222222222";

    @Test
    void aReaderIsNotToldWhichProcessOfAnotherOwnerTookPagesOrLostThem() {
        var mine = new MarketEvent.Party(3, MINE, "me");
        var theirs = new MarketEvent.Party(4, THEIRS, "them");
        MarketStats stats = stats(displacement(mine, theirs), displacement(theirs, mine));

        String seenByMe = StatsJson.market(stats, new OwnerId("me")).toString();
        String seenByThem = StatsJson.market(stats, new OwnerId("them")).toString();

        assertThat(seenByMe).contains(MINE, "other-").doesNotContain(THEIRS);
        assertThat(seenByThem).contains(THEIRS, "other-").doesNotContain(MINE);
    }

    private static MarketStats.Displacement displacement(MarketEvent.Party victim, MarketEvent.Party by) {
        var event = new MarketEvent(
                1,
                1,
                victim.context(),
                MarketEvent.Kind.DISPLACED,
                MarketEvent.Reason.BID,
                by,
                0.1,
                0.05,
                0.2,
                4,
                60,
                0);
        return new MarketStats.Displacement(victim, event);
    }

    private static MarketStats stats(MarketStats.Displacement... recent) {
        return new MarketStats(1, 0, 0, 0, 0, 0, recent.length, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of(recent));
    }
}
