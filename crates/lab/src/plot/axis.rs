//! Ticks at round numbers.

/// An axis from zero: where its ticks stand, the last at or above the largest value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) step: f64,
    pub(super) steps: u32,
}

impl Axis {
    /// About `wanted` steps of 1, 2, 2.5 or 5 times a power of ten, up to `top` at least.
    pub(super) fn new(top: f64, wanted: f64) -> Self {
        let top = if top > 0.0 && top.is_finite() { top } else { 1.0 };
        let rough = top / wanted;
        let power = 10_f64.powf(rough.log10().floor());
        let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough * 0.999);
        let step = factor.unwrap_or(10.0) * power;
        Self { step, steps: (top / step - 1e-6).ceil().max(1.0) as u32 }
    }

    /// Where the last tick stands.
    pub(super) fn end(self) -> f64 {
        self.step * f64::from(self.steps)
    }

    /// All ticks, zero first.
    pub(super) fn ticks(self) -> impl Iterator<Item = f64> {
        (0..=self.steps).map(move |nth| self.step * f64::from(nth))
    }

    /// A tick as text: as many decimals as the step has.
    pub(super) fn label(self, tick: f64) -> String {
        let decimals = (0..6).find(|&decimals| {
            let scaled = self.step * 10_f64.powi(decimals);
            (scaled - scaled.round()).abs() < 1e-6
        });
        format!("{tick:.*}", decimals.unwrap_or(6) as usize)
    }
}

#[cfg(test)]
mod tests;
