//! Round numbers along an axis.

/// An axis from one value to another, and how far apart its marks are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) from: f64,
    pub(super) to: f64,
    step: f64,
}

impl Axis {
    /// With about so many marks.
    pub(super) fn new(from: f64, to: f64, marks: f64) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        let rough = (to - from) / marks;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= rough);
        Self { from, to, step: step.unwrap_or(rough) }
    }

    /// Where its marks stand.
    pub(super) fn marks(self) -> impl Iterator<Item = f64> {
        let first = (self.from / self.step - 1e-9).ceil();
        (0..100)
            .map(move |nth| (first + f64::from(nth)) * self.step)
            .take_while(move |mark| *mark <= self.to + self.step * 1e-9)
    }

    /// What stands at a mark.
    pub(super) fn label(self, mark: f64) -> String {
        let digits = (-self.step.log10().floor()).clamp(0.0, 6.0) as usize;
        let mark = if mark.abs() < self.step / 2.0 { 0.0 } else { mark };
        format!("{mark:.digits$}")
    }

    /// How much of it lies before a value, from 0 to 1.
    pub(super) fn share(self, value: f64) -> f64 {
        ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests;
