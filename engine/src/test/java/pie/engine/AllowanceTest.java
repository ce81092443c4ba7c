package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import pie.engine.process.Budget;

final class AllowanceTest {
    private final Allowance owner = Allowance.owner();

    private static Budget tokens(long n) {
        return new Budget(OptionalLong.of(n), Optional.empty(), Optional.empty());
    }

    @Test
    void whatIsUsedCountsInAllScopesAboveAndTheLeastRestDecides() {
        owner.limit(tokens(100));
        Allowance one = owner.process(tokens(80));
        Allowance two = owner.process(Budget.UNLIMITED);
        one.spend(60);
        assertThat(one.tokensLeft()).isEqualTo(20);
        assertThat(two.tokensLeft()).isEqualTo(40);
        two.spend(30);
        assertThat(one.tokensLeft()).isEqualTo(10);
        PieException spent = catchThrowableOfType(PieException.class, () -> two.reserve(11));
        assertThat(spent.code()).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
        assertThat(spent.details())
                .containsEntry("budget", "tokens")
                .containsEntry("scope", "owner")
                .containsEntry("limit", 100L)
                .containsEntry("used", 90L);
    }

    @Test
    void aChildsOwnTokensAreTakenFromItsParentAndWhatIsLeftReturns() {
        Allowance parent = owner.process(tokens(100));
        parent.spend(10);
        Allowance child = parent.child(tokens(50));
        assertThat(parent.tokensLeft()).isEqualTo(40);
        assertThat(child.tokensLeft()).isEqualTo(50);
        assertThatThrownBy(() -> parent.child(tokens(41)))
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUDGET_EXHAUSTED));
        child.reserve(7);
        child.spend(20);
        child.release(7);
        assertThat(parent.tokensLeft()).as("used by the child, not twice").isEqualTo(40);
        assertThat(parent.tokensUsed()).isEqualTo(30);
        child.end();
        assertThat(parent.tokensLeft()).isEqualTo(70);
        assertThat(parent.tokensReserved()).isZero();
    }

    @Test
    void aChildWithoutTokensOfItsOwnTakesFromTheSamePool() {
        Allowance parent = owner.process(tokens(100));
        Allowance child = parent.child(Budget.UNLIMITED);
        child.reserve(60);
        assertThat(parent.tokensLeft()).isEqualTo(40);
        PieException spent = catchThrowableOfType(PieException.class, () -> child.reserve(41));
        assertThat(spent.details()).containsEntry("scope", "parent").containsEntry("limit", 100L);
        child.release(60);
        child.spend(100);
        assertThat(parent.tokensLeft()).isZero();
    }

    @Test
    void whatAParentSetAsideForAChildComesBackOnlyWhenBothHaveEnded() {
        Allowance parent = owner.process(tokens(100));
        Allowance child = parent.child(tokens(60));
        Allowance grandchild = child.child(tokens(40));
        child.end();
        assertThat(parent.tokensLeft()).isEqualTo(40);
        grandchild.spend(15);
        assertThat(grandchild.tokensLeft()).isEqualTo(25);
        grandchild.end();
        assertThat(parent.tokensLeft()).isEqualTo(85);
        assertThat(parent.tokensUsed()).isEqualTo(15);
        parent.end();
        assertThat(owner.idle()).isTrue();
        assertThat(owner.tokensUsed()).isEqualTo(15);
    }

    @Test
    void tokensTakenBackAreThereAgain() {
        Allowance parent = owner.process(tokens(100));
        Allowance child = parent.child(tokens(30));
        child.spend(30);
        assertThat(child.tokensLeft()).isZero();
        child.spend(-4);
        assertThat(child.tokensLeft()).isEqualTo(4);
        assertThat(parent.tokensLeft()).isEqualTo(70);
        child.end();
        assertThat(parent.tokensLeft()).isEqualTo(74);
    }

    @Test
    void aProcessHasOnlySoManyChildrenOneBelowTheOther() {
        Allowance deepest = owner.process(Budget.UNLIMITED);
        for (int i = 0; i < 15; i++) {
            deepest = deepest.child(Budget.UNLIMITED);
        }
        Allowance last = deepest;
        PieException spent = catchThrowableOfType(PieException.class, () -> last.child(Budget.UNLIMITED));
        assertThat(spent.details()).containsEntry("budget", "children").containsEntry("which", "depth");
    }

    @Test
    void aProcessHasOnlySoManyChildrenAtATime() {
        Allowance parent = owner.process(Budget.UNLIMITED);
        Allowance first = parent.child(Budget.UNLIMITED);
        for (int i = 1; i < 1024; i++) {
            parent.child(Budget.UNLIMITED);
        }
        assertThatThrownBy(() -> parent.child(Budget.UNLIMITED)).isInstanceOf(PieException.class);
        first.end();
        assertThat(parent.child(Budget.UNLIMITED).tokensLeft()).isPositive();
    }
}
