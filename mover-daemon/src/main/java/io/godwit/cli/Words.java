package io.godwit.cli;

/// Numbers of things, as people say them.
final class Words {
    private Words() {}

    static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
