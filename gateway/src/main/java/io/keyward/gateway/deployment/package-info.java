/** The life of deployments, as the operator leads it: made, promoted, drained, retired, dropped. */
@NullMarked
package io.keyward.gateway.deployment;

import org.jspecify.annotations.NullMarked;
