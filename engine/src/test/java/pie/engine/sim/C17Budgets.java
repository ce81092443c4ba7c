package pie.engine.sim;

import pie.engine.process.ProcessTotals;

/** No budget is overdrawn. */
final class C17Budgets implements Checker {
    @Override
    public void afterTurn(EngineSim sim) {
        for (Actor actor : sim.actors()) {
            ProcessTotals totals = actor.tokenLimit.isPresent() ? sim.engine().totals(actor.id) : null;
            if (totals != null) {
                long used = totals.tokensIn() + totals.tokensOut();
                require(
                        used <= actor.tokenLimit.getAsLong(),
                        actor + " used " + used + " tokens of " + actor.tokenLimit.getAsLong());
            }
        }
    }
}
