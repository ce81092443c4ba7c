package pie.engine.sim;

import pie.engine.market.AuctionView;
import pie.engine.market.Ledger;

/** What all accounts hold is what was issued and refilled, less what was burnt and retired, to the last micro-credit. */
final class C10Ledger implements Checker {
    @Override
    public void afterTurn(EngineSim sim) {
        Ledger ledger = sim.engine().ledger();
        long held = AuctionView.held(ledger, sim.owners());
        long due = ledger.issued() + ledger.refilled() - ledger.made() - ledger.retired();
        require(held == due, "all accounts hold " + held + " and should hold " + due);
        long[] endowments = AuctionView.endowments(ledger, sim.owners());
        require(endowments[0] == endowments[1], "processes share " + endowments[0] + " of " + endowments[1]);
    }
}
