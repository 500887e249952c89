"""Wrong variants of the rules, each a mistake that somebody makes.

Each names the rule that it imitates and the check of ``checks.py`` that must fail on
it, and that the true rule passes. Several stand in well-known courses.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lez10 import State, adam


class Mutant(NamedTuple):
    name: str
    rule: str
    check: str
    step: Callable[..., State]


MUTANTS: list[Mutant] = []


def mutant(rule, check):
    def register(step):
        MUTANTS.append(Mutant(step.__name__, rule, check, step))
        return step

    return register


@mutant("sgd", "table")
def sgd_uphill(state, grad, *, alpha):
    theta, v, r, t = state
    return State(theta + alpha * grad(theta), v, r, t + 1)


@mutant("sgd", "pure")
def sgd_in_place(state, grad, *, alpha):
    theta, v, r, t = state
    theta -= alpha * grad(theta)
    return State(theta, v, r, t + 1)


@mutant("sgd", "one_gradient")
def sgd_forgets_t(state, grad, *, alpha):
    theta, v, r, t = state
    return State(theta - alpha * grad(theta), v, r, t)


@mutant("sgd", "float32")
def sgd_in_float64(state, grad, *, alpha):
    theta, v, r, t = state
    return State(theta - np.float64(alpha) * grad(theta), v, r, t + 1)


@mutant("momentum", "optax")
def momentum_average(state, grad, *, alpha, beta):
    theta, v, r, t = state
    v = beta * v - (1 - beta) * alpha * grad(theta)
    return State(theta + v, v, r, t + 1)


@mutant("momentum", "optax")
def momentum_old_velocity(state, grad, *, alpha, beta):
    theta, v, r, t = state
    g = grad(theta)
    return State(theta + v, beta * v - alpha * g, r, t + 1)


@mutant("momentum", "table")
def momentum_subtracts_v(state, grad, *, alpha, beta):
    theta, v, r, t = state
    v = beta * v - alpha * grad(theta)
    return State(theta - v, v, r, t + 1)


@mutant("momentum", "optax")
def momentum_both_signs(state, grad, *, alpha, beta):
    # right at the first step: v = -alpha g there, wherever beta's sign went
    theta, v, r, t = state
    v = -beta * v - alpha * grad(theta)
    return State(theta + v, v, r, t + 1)


@mutant("momentum", "closed_form")
def momentum_alpha_outside(state, grad, *, alpha, beta):
    # PyTorch's: the same at constant alpha, so only a schedule tells
    theta, v, r, t = state
    v = beta * v - grad(theta)
    return State(theta + alpha * v, v, r, t + 1)


@mutant("momentum", "optax")
def momentum_looks_ahead(state, grad, *, alpha, beta):
    theta, v, r, t = state
    v = beta * v - alpha * grad(theta + beta * v)
    return State(theta + v, v, r, t + 1)


@mutant("momentum", "pure")
def momentum_in_place(state, grad, *, alpha, beta):
    theta, v, r, t = state
    v *= beta
    v -= alpha * grad(theta)
    return State(theta + v, v, r, t + 1)


@mutant("nesterov", "optax")
def nesterov_gradient_at_theta(state, grad, *, alpha, beta):
    theta, v, r, t = state
    v = beta * v - alpha * grad(theta)
    return State(theta + v, v, r, t + 1)


@mutant("nesterov", "table")
def nesterov_whole_velocity(state, grad, *, alpha, beta):
    theta, v, r, t = state
    v = beta * v - alpha * grad(theta + v)
    return State(theta + v, v, r, t + 1)


@mutant("nesterov", "optax")
def nesterov_looks_back(state, grad, *, alpha, beta):
    theta, v, r, t = state
    v = beta * v - alpha * grad(theta - beta * v)
    return State(theta + v, v, r, t + 1)


@mutant("nesterov", "optax")
def nesterov_returns_look_ahead(state, grad, *, alpha, beta):
    theta, v, r, t = state
    g = grad(theta)
    v = beta * v - alpha * g
    return State(theta + beta * v - alpha * g, v, r, t + 1)


@mutant("nesterov", "one_gradient")
def nesterov_two_gradients(state, grad, *, alpha, beta):
    theta, v, r, t = state
    grad(theta)
    v = beta * v - alpha * grad(theta + beta * v)
    return State(theta + v, v, r, t + 1)


@mutant("nesterov", "table")
def nesterov_starts_from_interim(state, grad, *, alpha, beta):
    # the interim update is kept, and the velocity added to it once more
    theta, v, r, t = state
    theta = theta + beta * v
    v = beta * v - alpha * grad(theta)
    return State(theta + v, v, r, t + 1)


@mutant("adagrad", "table")
def adagrad_delta_inside(state, grad, *, alpha, delta):
    theta, v, r, t = state
    g = grad(theta)
    r = r + g * g
    return State(theta - alpha / np.sqrt(delta + r) * g, v, r, t + 1)


@mutant("adagrad", "optax")
def adagrad_delta_on_parameter(state, grad, *, alpha, delta):
    # the slip of a bracket: epsilon added to the parameter
    theta, v, r, t = state
    g = grad(theta)
    r = r + g * g
    return State(theta - alpha * g / np.sqrt(r) + delta, v, r, t + 1)


@mutant("adagrad", "optax")
def adagrad_without_square(state, grad, *, alpha, delta):
    theta, v, r, t = state
    g = grad(theta)
    r = r + np.abs(g)
    return State(theta - alpha / (delta + np.sqrt(r)) * g, v, r, t + 1)


@mutant("adagrad", "table")
def adagrad_without_root(state, grad, *, alpha, delta):
    theta, v, r, t = state
    g = grad(theta)
    r = r + g * g
    return State(theta - alpha / (delta + r) * g, v, r, t + 1)


@mutant("adagrad", "optax")
def adagrad_old_r(state, grad, *, alpha, delta):
    theta, v, r, t = state
    g = grad(theta)
    return State(theta - alpha / (delta + np.sqrt(r)) * g, v, r + g * g, t + 1)


@mutant("adagrad", "closed_form")
def adagrad_starts_at_a_tenth(state, grad, *, alpha, delta):
    # Keras's start
    theta, v, r, t = state
    g = grad(theta)
    r = (0.1 if t == 0 else r) + g * g
    return State(theta - alpha / (delta + np.sqrt(r)) * g, v, r, t + 1)


@mutant("adagrad", "closed_form")
def adagrad_starts_negative(state, grad, *, alpha, delta):
    # a start drawn from a normal distribution may well lie below zero
    theta, v, r, t = state
    g = grad(theta)
    r = (-0.01 if t == 0 else r) + g * g
    return State(theta - alpha / (delta + np.sqrt(r)) * g, v, r, t + 1)


@mutant("adagrad", "closed_form")
def adagrad_averages(state, grad, *, alpha, delta):
    theta, v, r, t = state
    g = grad(theta)
    r = (t * r + g * g) / (t + 1)
    return State(theta - alpha / (delta + np.sqrt(r)) * g, v, r, t + 1)


@mutant("adagrad", "optax")
def adagrad_sums_over_parameters(state, grad, *, alpha, delta):
    # one rate for all parameters: the point of the rule is lost
    theta, v, r, t = state
    g = grad(theta)
    r = r + np.sum(g * g)
    return State(theta - alpha / (delta + np.sqrt(r)) * g, v, r, t + 1)


@mutant("rmsprop", "optax")
def rmsprop_delta_outside(state, grad, *, alpha, rho, delta):
    # PyTorch's
    theta, v, r, t = state
    g = grad(theta)
    r = rho * r + (1 - rho) * g * g
    return State(theta - alpha / (delta + np.sqrt(r)) * g, v, r, t + 1)


@mutant("rmsprop", "table")
def rmsprop_rho_swapped(state, grad, *, alpha, rho, delta):
    theta, v, r, t = state
    g = grad(theta)
    r = (1 - rho) * r + rho * g * g
    return State(theta - alpha / np.sqrt(delta + r) * g, v, r, t + 1)


@mutant("rmsprop", "optax")
def rmsprop_old_r(state, grad, *, alpha, rho, delta):
    theta, v, r, t = state
    g = grad(theta)
    after = rho * r + (1 - rho) * g * g
    return State(theta - alpha / np.sqrt(delta + r) * g, v, after, t + 1)


@mutant("rmsprop", "optax")
def rmsprop_sums(state, grad, *, alpha, rho, delta):
    theta, v, r, t = state
    g = grad(theta)
    r = rho * r + g * g
    return State(theta - alpha / np.sqrt(delta + r) * g, v, r, t + 1)


@mutant("rmsprop", "optax")
def rmsprop_corrects_bias(state, grad, *, alpha, rho, delta):
    theta, v, r, t = state
    g = grad(theta)
    r = rho * r + (1 - rho) * g * g
    r_hat = r / (1 - rho ** (t + 1))
    return State(theta - alpha / np.sqrt(delta + r_hat) * g, v, r, t + 1)


@mutant("rmsprop", "optax")
def rmsprop_starts_at_one(state, grad, *, alpha, rho, delta):
    # TensorFlow 1 started there
    theta, v, r, t = state
    g = grad(theta)
    r = rho * (1.0 if t == 0 else r) + (1 - rho) * g * g
    return State(theta - alpha / np.sqrt(delta + r) * g, v, r, t + 1)


@mutant("rmsprop", "pure")
def rmsprop_in_place(state, grad, *, alpha, rho, delta):
    theta, v, r, t = state
    g = grad(theta)
    r *= rho
    r += (1 - rho) * g * g
    return State(theta - alpha / np.sqrt(delta + r) * g, v, r, t + 1)


@mutant("rmsprop_nesterov", "optax")
def rmsprop_nesterov_at_theta(state, grad, *, alpha, beta, rho, delta):
    # Keras's RMSprop(momentum=...)
    theta, v, r, t = state
    g = grad(theta)
    r = rho * r + (1 - rho) * g * g
    v = beta * v - alpha / np.sqrt(r + delta) * g
    return State(theta + v, v, r, t + 1)


@mutant("rmsprop_nesterov", "optax")
def rmsprop_nesterov_average(state, grad, *, alpha, beta, rho, delta):
    theta, v, r, t = state
    g = grad(theta + beta * v)
    r = rho * r + (1 - rho) * g * g
    v = beta * v - (1 - beta) * alpha / np.sqrt(r + delta) * g
    return State(theta + v, v, r, t + 1)


@mutant("rmsprop_nesterov", "optax")
def rmsprop_nesterov_raw_velocity(state, grad, *, alpha, beta, rho, delta):
    # v sums raw gradients and is rescaled at the end, by the newest r alone
    theta, v, r, t = state
    g = grad(theta + beta * v)
    r = rho * r + (1 - rho) * g * g
    v = beta * v - alpha * g
    return State(theta + v / np.sqrt(r + delta), v, r, t + 1)


@mutant("rmsprop_nesterov", "table")
def rmsprop_nesterov_delta_outside(state, grad, *, alpha, beta, rho, delta):
    theta, v, r, t = state
    g = grad(theta + beta * v)
    r = rho * r + (1 - rho) * g * g
    v = beta * v - alpha / (np.sqrt(r) + delta) * g
    return State(theta + v, v, r, t + 1)


@mutant("rmsprop_nesterov", "closed_form")
def rmsprop_nesterov_alpha_outside(state, grad, *, alpha, beta, rho, delta):
    theta, v, r, t = state
    g = grad(theta + alpha * beta * v)
    r = rho * r + (1 - rho) * g * g
    v = beta * v - g / np.sqrt(r + delta)
    return State(theta + alpha * v, v, r, t + 1)


def adam_parts(state, grad, beta1, beta2, square=np.square):
    """Adam up to its corrections; what the variants below get wrong comes after."""
    theta, v, r, _ = state
    g = grad(theta)
    return theta, g, beta1 * v + (1 - beta1) * g, beta2 * r + (1 - beta2) * square(g)


@mutant("adam", "optax")
def adam_delta_inside(state, grad, *, alpha, beta1, beta2, delta):
    # sqrt(s + eps): invisible at 1e-8
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    v_hat, r_hat = v / (1 - beta1**t), r / (1 - beta2**t)
    return State(theta - alpha * v_hat / np.sqrt(r_hat + delta), v, r, t)


@mutant("adam", "optax")
def adam_delta_on_parameter(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    v_hat, r_hat = v / (1 - beta1**t), r / (1 - beta2**t)
    return State(theta - alpha * v_hat / np.sqrt(r_hat) + delta, v, r, t)


@mutant("adam", "optax")
def adam_epsilon_hat(state, grad, *, alpha, beta1, beta2, delta):
    # Keras's form
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    rate = alpha * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return State(theta - rate * v / (np.sqrt(r) + delta), v, r, t)


@mutant("adam", "optax")
def adam_t_starts_at_two(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    v_hat, r_hat = v / (1 - beta1 ** (t + 1)), r / (1 - beta2 ** (t + 1))
    return State(theta - alpha * v_hat / (np.sqrt(r_hat) + delta), v, r, t)


@mutant("adam", "optax")
def adam_t_grows_too_late(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    c1, c2 = np.float64(1 - beta1**t), np.float64(1 - beta2**t)  # 0 at the first step
    v_hat, r_hat = v / c1, r / c2
    return State(theta - alpha * v_hat / (np.sqrt(r_hat) + delta), v, r, t + 1)


@mutant("adam", "table")
def adam_t_never_grows(state, grad, *, alpha, beta1, beta2, delta):
    # as one who counts epochs: all the steps of an epoch have the same t
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    v_hat, r_hat = v / (1 - beta1), r / (1 - beta2)
    return State(theta - alpha * v_hat / (np.sqrt(r_hat) + delta), v, r, state.t + 1)


@mutant("adam", "optax")
def adam_without_correction(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    return State(theta - alpha * v / (np.sqrt(r) + delta), v, r, t)


@mutant("adam", "optax")
def adam_corrects_v_alone(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    return State(theta - alpha * v / (1 - beta1**t) / (np.sqrt(r) + delta), v, r, t)


@mutant("adam", "optax")
def adam_corrects_r_alone(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    r_hat = r / (1 - beta2**t)
    return State(theta - alpha * v / (np.sqrt(r_hat) + delta), v, r, t)


@mutant("adam", "optax")
def adam_divides_by_power(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    v_hat, r_hat = v / beta1**t, r / beta2**t
    return State(theta - alpha * v_hat / (np.sqrt(r_hat) + delta), v, r, t)


@mutant("adam", "table")
def adam_betas_swapped(state, grad, *, alpha, beta1, beta2, delta):
    return adam(state, grad, alpha=alpha, beta1=beta2, beta2=beta1, delta=delta)


@mutant("adam", "optax")
def adam_corrections_swapped(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    v_hat, r_hat = v / (1 - beta2**t), r / (1 - beta1**t)
    return State(theta - alpha * v_hat / (np.sqrt(r_hat) + delta), v, r, t)


@mutant("adam", "optax")
def adam_without_square(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2, square=np.abs)
    v_hat, r_hat = v / (1 - beta1**t), r / (1 - beta2**t)
    return State(theta - alpha * v_hat / (np.sqrt(r_hat) + delta), v, r, t)


@mutant("adam", "optax")
def adam_keeps_corrected(state, grad, *, alpha, beta1, beta2, delta):
    # the corrected moments go back into the state and are corrected again
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    v, r = v / (1 - beta1**t), r / (1 - beta2**t)
    return State(theta - alpha * v / (np.sqrt(r) + delta), v, r, t)


@mutant("adam", "table")
def adam_velocity_sign(state, grad, *, alpha, beta1, beta2, delta):
    # v with a velocity's sign: the path is right, the inner state is not
    theta, v, r, t = adam(
        State(state.theta, -state.v, state.r, state.t),
        grad,
        alpha=alpha,
        beta1=beta1,
        beta2=beta2,
        delta=delta,
    )
    return State(theta, -v, r, t)


@mutant("adam", "float32")
def adam_powers_in_float32(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, _, v, r = adam_parts(state, grad, beta1, beta2)
    one = type(beta1)(1)
    v_hat, r_hat = v / (one - beta1**t), r / (one - beta2**t)
    return State(theta - alpha * v_hat / (np.sqrt(r_hat) + delta), v, r, t)


@mutant("nadam", "optax")
def nadam_is_adam(state, grad, **hyperparameters):
    return adam(state, grad, **hyperparameters)


@mutant("nadam", "optax")
def nadam_with_t(state, grad, *, alpha, beta1, beta2, delta):
    # t in the place of t + 1 under the velocity
    t = state.t + 1
    theta, g, v, r = adam_parts(state, grad, beta1, beta2)
    top = (beta1 * v + (1 - beta1) * g) / (1 - beta1**t)
    return State(theta - alpha * top / (np.sqrt(r / (1 - beta2**t)) + delta), v, r, t)


@mutant("nadam", "table")
def nadam_with_t_plus_one(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, g, v, r = adam_parts(state, grad, beta1, beta2)
    top = (beta1 * v + (1 - beta1) * g) / (1 - beta1 ** (t + 1))
    return State(theta - alpha * top / (np.sqrt(r / (1 - beta2**t)) + delta), v, r, t)


@mutant("nadam", "closed_form")
def nadam_old_velocity(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, g, v, r = adam_parts(state, grad, beta1, beta2)
    top = beta1 * state.v / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    return State(theta - alpha * top / (np.sqrt(r / (1 - beta2**t)) + delta), v, r, t)


@mutant("nadam", "optax")
def nadam_whole_gradient(state, grad, *, alpha, beta1, beta2, delta):
    t = state.t + 1
    theta, g, v, r = adam_parts(state, grad, beta1, beta2)
    top = beta1 * v / (1 - beta1 ** (t + 1)) + g
    return State(theta - alpha * top / (np.sqrt(r / (1 - beta2**t)) + delta), v, r, t)


@mutant("nadam", "optax")
def nadam_gradient_ahead(state, grad, *, alpha, beta1, beta2, delta):
    # Nesterov's point instead of Dozat's rearrangement
    ahead = State(state.theta - alpha * beta1 * state.v, *state[1:])
    after = adam(ahead, grad, alpha=alpha, beta1=beta1, beta2=beta2, delta=delta)
    return State(after.theta - ahead.theta + state.theta, *after[1:])
