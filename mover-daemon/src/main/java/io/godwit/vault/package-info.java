/// Keys that HashiCorp Vault keeps, over HTTP.
@NullMarked
package io.godwit.vault;

import org.jspecify.annotations.NullMarked;
