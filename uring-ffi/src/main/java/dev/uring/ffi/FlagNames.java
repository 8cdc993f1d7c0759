package dev.uring.ffi;

/** Turns flag words into text for messages and dumps. */
final class FlagNames {
    private FlagNames() {
    }

    /** Joins the names of the set bits; a bit without a name is told by its number, no bit at all as 0. */
    static String join(int flags, String[] names) {
        if (flags == 0) {
            return "0";
        }
        StringBuilder text = new StringBuilder();
        for (int rest = flags; rest != 0; rest &= rest - 1) {
            int bit = Integer.numberOfTrailingZeros(rest);
            text.append(text.isEmpty() ? "" : "|").append(known(bit, names) ? names[bit] : "bit" + bit);
        }
        return text.toString();
    }

    private static boolean known(int bit, String[] names) {
        return bit < names.length && names[bit] != null;
    }
}
