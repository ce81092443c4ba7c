package pie.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class TeamTest {
    @Test
    void everyWorkerSeesWhatOthersWroteBeforeABarrier() {
        try (Team team = new Team(3, "test")) {
            for (int round = 0; round < 50; round++) {
                int[] written = new int[3];
                AtomicInteger sum = new AtomicInteger();
                team.run(t -> {
                    for (int i = 1; i <= 20; i++) {
                        written[t] = i;
                        team.barrier();
                        sum.addAndGet(written[0] + written[1] + written[2] - 3 * i);
                        team.barrier();
                    }
                });
                assertThat(sum.get()).isZero();
            }
        }
    }

    @Test
    void ticketsAreHandedOutOnceAndStartAgainAtABarrier() {
        try (Team team = new Team(2, "test")) {
            AtomicIntegerArray taken = new AtomicIntegerArray(100);
            team.run(t -> {
                for (int phase = 0; phase < 3; phase++) {
                    for (int i = team.ticket(); i < 100; i = team.ticket()) {
                        taken.incrementAndGet(i);
                    }
                    team.barrier();
                }
            });
            for (int i = 0; i < 100; i++) {
                assertThat(taken.get(i)).isEqualTo(3);
            }
        }
    }

    @Test
    void aFailureOfOneEndsTheJobAndNotTheTeam() {
        try (Team team = new Team(3, "test")) {
            assertThatThrownBy(() -> team.run(t -> {
                        if (t == 1) {
                            throw new IllegalStateException("worker one");
                        }
                        team.barrier();
                    }))
                    .hasMessage("worker one");
            AtomicInteger ran = new AtomicInteger();
            team.run(t -> {
                team.barrier();
                ran.incrementAndGet();
            });
            assertThat(ran.get()).isEqualTo(3);
        }
    }
}
