package io.godwit.store;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Values for the objects whose keys begin in some way: `VALUE`, for all of them, and
/// `PREFIX/:VALUE`, parted by commas.
///
/// A longer prefix comes before a shorter one.
public record PrefixRules(List<Rule> rules) {
    static final PrefixRules NONE = new PrefixRules(List.of());

    /// More are hardly meant.
    private static final int MOST = 32;

    private static final Pattern ITEM = Pattern.compile("(?:([a-z0-9._/-]+/):)?(.*)");

    /// One of them.
    ///
    /// @param prefix of keys, ending with `/`; empty for all
    public record Rule(String prefix, String value) {
        @Override
        public String toString() {
            return prefix.isEmpty() ? value : prefix + ":" + value;
        }
    }

    public PrefixRules {
        rules =
                rules.stream()
                        .sorted(Comparator.comparingInt(rule -> -rule.prefix().length()))
                        .toList();
    }

    /// Reads them.
    ///
    /// @param parameter for messages
    /// @param legal of values
    /// @throws io.godwit.error.GodwitException `INVALID` for what is no list of rules
    static PrefixRules parse(String parameter, String text, Predicate<String> legal) {
        List<Rule> rules =
                Stream.of(text.split(",", -1)).map(item -> rule(parameter, item, legal)).toList();
        if (rules.size() > MOST) {
            throw UrlSyntax.invalid("%s has more than %d rules".formatted(parameter, MOST));
        }
        return new PrefixRules(rules);
    }

    private static Rule rule(String parameter, String item, Predicate<String> legal) {
        Matcher matcher = ITEM.matcher(item);
        if (!matcher.matches() || !legal.test(matcher.group(2))) {
            throw UrlSyntax.invalid(
                    "not a value, or PREFIX/:VALUE, of %s: %s=%s"
                            .formatted(parameter, parameter, item));
        }
        String prefix = Optional.ofNullable(matcher.group(1)).orElse("");
        if (!prefix.isEmpty() && !ObjectKey.mayStartWith(prefix)) {
            throw UrlSyntax.invalid(
                    "no object's name begins like this: parameter=%s prefix=%s"
                            .formatted(parameter, prefix));
        }
        return new Rule(prefix, matcher.group(2));
    }

    /// Refuses two rules of one prefix that say the same thing differently.
    ///
    /// @param about what a rule's value is about
    PrefixRules distinct(String parameter, UnaryOperator<String> about) {
        Set<String> seen = new HashSet<>();
        for (Rule rule : rules) {
            if (!seen.add(rule.prefix() + ":" + about.apply(rule.value()))) {
                throw UrlSyntax.invalid(
                        "two rules for the same: parameter=%s rule=%s".formatted(parameter, rule));
            }
        }
        return this;
    }

    /// The value of the longest prefix of the key.
    public Optional<String> of(ObjectKey key) {
        return all(key).findFirst();
    }

    /// The values of all prefixes of the key, the longest first.
    public Stream<String> all(ObjectKey key) {
        return rules.stream()
                .filter(rule -> key.value().startsWith(rule.prefix()))
                .map(Rule::value);
    }

    @Override
    public String toString() {
        return rules.stream().map(Rule::toString).collect(Collectors.joining(","));
    }
}
