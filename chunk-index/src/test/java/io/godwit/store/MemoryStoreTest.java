package io.godwit.store;

final class MemoryStoreTest extends StoreContract {
    @Override
    protected Store create() {
        return new MemoryStore();
    }
}
