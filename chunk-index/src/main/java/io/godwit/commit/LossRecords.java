package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What repairs publish: `gc/lost/`. Each number is decided once, whoever is first.
public final class LossRecords {
    private final RepositoryAccess access;
    private final RecordStore records;
    private final Register register;

    public LossRecords(RepositoryAccess access) {
        this.access = access;
        this.records = new RecordStore(access);
        this.register = new Register(access);
    }

    /// What is known to be lost now.
    public Losses newest() {
        List<Long> numbers = new ArrayList<>();
        records.list(
                CommitKeys.LOSSES,
                "",
                listed -> CommitKeys.lossesNumber(listed.key()).ifPresent(numbers::add));
        return newest(numbers);
    }

    /// One that does not open is passed over with a warning: what the one before it says is less,
    /// and true.
    private Losses newest(List<Long> numbers) {
        for (long number : numbers.reversed()) {
            try {
                Optional<Losses> losses = get(number);
                if (losses.isPresent()) {
                    return losses.get();
                }
            } catch (GodwitException e) {
                if (e.kind() != FailureKind.CORRUPT) {
                    throw e;
                }
                access.warnings()
                        .warn(
                                CommitWarnings.Kind.DAMAGED_OBJECT,
                                "list of losses left out: " + e.getMessage());
            }
        }
        return Losses.NONE;
    }

    /// One that was listed, or the newest before it that opens.
    public Losses at(long number) {
        try {
            return get(number).orElseGet(this::newest);
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            return newest();
        }
    }

    private Optional<Losses> get(long number) {
        return records.get(ObjectKind.LOSSES, CommitKeys.losses(number), LossesFormat::decode);
    }

    /// The number behind the newest one, whether that opens or not.
    public long nextNumber() {
        List<Long> numbers = new ArrayList<>();
        records.list(
                CommitKeys.LOSSES,
                "",
                listed -> CommitKeys.lossesNumber(listed.key()).ifPresent(numbers::add));
        return numbers.isEmpty() ? 1 : numbers.getLast() + 1;
    }

    /// Publishes a list, unless somebody else has taken its number.
    ///
    /// @throws GodwitException `FENCED` when somebody has
    public void publish(Losses mine) {
        Register.Content<Losses> content =
                new Register.Content<>(
                        ObjectKind.LOSSES,
                        CommitKeys.losses(mine.number()),
                        LossesFormat.encode(mine),
                        LossesFormat::decode,
                        found -> found.nonce().equals(mine.nonce()));
        switch (register.decide(content, Register.ATTEMPTS)) {
            case Register.Decision.Mine<Losses> _ -> {}
            case Register.Decision.Others<Losses> _ ->
                    throw new GodwitException(
                                    FailureKind.FENCED,
                                    "another repair was faster: object=" + content.key())
                            .withObject(content.key().value())
                            .withHint("run it again");
            case Register.Decision.Absent<Losses> _ ->
                    throw new IllegalStateException("left without a decision");
        }
    }
}
