package pie.engine.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.PieException;
import pie.engine.driver.FaultyDriver.Fault;

final class FaultPlanTest {
    @Test
    void faultsComeAtTheirRatesAndSteps() {
        FaultPlan plan = FaultPlan.parse("nan=0.1,memory=0.2,lose@500,seed=7");
        Map<Fault, Integer> seen = new EnumMap<>(Fault.class);
        for (int step = 1; step <= 10_000; step++) {
            Optional<Fault> fault = plan.next();
            fault.ifPresent(f -> seen.merge(f, 1, Integer::sum));
            assertThat(fault.equals(Optional.of(Fault.LOSE))).isEqualTo(step == 500);
        }
        assertThat(seen.keySet()).containsExactlyInAnyOrder(Fault.NAN, Fault.MEMORY, Fault.LOSE);
        assertThat(seen.get(Fault.NAN)).isBetween(800, 1200);
        assertThat(seen.get(Fault.MEMORY)).isBetween(1700, 2300);
        assertThat(plan.nextCopy()).isFalse();
    }

    @Test
    void theSameTextBreaksTheSameSteps() {
        FaultPlan one = FaultPlan.parse("fail=0.5,seed=3");
        FaultPlan two = FaultPlan.parse("fail=0.5,seed=3");
        for (int i = 0; i < 100; i++) {
            assertThat(one.next()).isEqualTo(two.next());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nan", "nan=2", "nan=x", "nobody=0.1", "lose@x", "seed=x", "copy=-1"})
    void whatCannotBeReadIsNamed(String text) {
        assertThatThrownBy(() -> FaultPlan.parse(text))
                .isInstanceOf(PieException.class)
                .hasMessageContaining('"' + text + '"');
    }
}
