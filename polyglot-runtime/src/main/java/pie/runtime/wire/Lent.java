package pie.runtime.wire;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Keep the objects of the host that a worker holds handles of, each as often as it was sent, until as many are given up. One thread. */
final class Lent {
    /** Most objects; a program that keeps more is told so. */
    static final int MOST = 1 << 20;

    private static final class Loan {
        final int number;
        final Object object;
        int count;

        Loan(int number, Object object) {
            this.number = number;
            this.object = object;
        }
    }

    private final Map<Object, Loan> byObject = new IdentityHashMap<>();
    private final Map<Integer, Loan> byNumber = new HashMap<>();
    private int last;

    /** @throws PieException LIMIT_EXCEEDED */
    int lend(Object object) {
        Loan loan = byObject.get(object);
        if (loan == null) {
            if (byNumber.size() == MOST) {
                throw new PieException(
                        ErrorCode.LIMIT_EXCEEDED,
                        "the program holds " + MOST + " objects of the interface; let some go",
                        Map.of("limit", "handles"));
            }
            loan = new Loan(++last, object);
            byObject.put(object, loan);
            byNumber.put(loan.number, loan);
        }
        loan.count++;
        return loan.number;
    }

    /** @throws PieException INVALID_ARGUMENT for a number that stands for nothing */
    Object object(int number) {
        Loan loan = byNumber.get(number);
        if (loan == null) {
            throw PieException.invalid("no object has the handle " + number);
        }
        return loan.object;
    }

    void giveUp(int number) {
        Loan loan = byNumber.get(number);
        if (loan != null && --loan.count == 0) {
            byNumber.remove(number);
            byObject.remove(loan.object);
        }
    }
}
