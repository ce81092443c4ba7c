package pie.engine.sim;

import pie.engine.process.ProcessTotals;

/** No budget is overdrawn: not by what was used, nor with what is reserved, nor by the programs' own count of tokens. */
final class C17Budgets implements Checker {
    @Override
    public void afterTurn(EngineSim sim) {
        for (Actor actor : sim.actors()) {
            long reserved = sim.engine().tokensReserved(actor.id);
            require(
                    reserved == 0 || (reserved > 0 && sim.engine().working(actor.id)),
                    actor + " has " + reserved + " tokens reserved for nothing");
            ProcessTotals totals = actor.tokenLimit.isPresent() ? sim.engine().totals(actor.id) : null;
            if (totals != null) {
                long limit = actor.tokenLimit.getAsLong();
                long used = totals.tokensIn() + totals.tokensOut();
                require(
                        used + reserved <= limit,
                        actor + " used " + used + " tokens and reserved " + reserved + " of " + limit);
                require(used >= 0, actor + " used " + used + " tokens");
                require(actor.given <= limit, actor + " was given " + actor.given + " tokens of " + limit);
            }
        }
    }
}
