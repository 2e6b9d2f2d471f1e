using System;

namespace HyperCore.Core.Devices;

/// <summary>
/// The wiring of ISA interrupts: each reaches the 8259 pair and the I/O APIC, on the pin of its own number, but interrupt 0 on pin 2, as the MADT's
/// interrupt source override says. Which of the two the guest listens to, and whether as edge or level, it programs there.
/// </summary>
public sealed class IsaInterrupts
{
    /// <summary>The I/O APIC's pin of interrupt 0.</summary>
    public const int TimerPin = 2;

    private readonly InterruptLine?[] _lines = new InterruptLine?[Pic8259Pair.InputCount];

    /// <summary>Wires the interrupts to both controllers.</summary>
    public IsaInterrupts(Pic8259Pair pics, IoApic ioApic)
    {
        for (int i = 0; i < _lines.Length; i++)
        {
            if (i != Pic8259Pair.CascadeInput)
            {
                _lines[i] = new Line(pics, ioApic, i);
            }
        }
    }

    /// <summary>The line of an interrupt, 0 to 15.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such interrupt; 2 is the cascade.</exception>
    public InterruptLine this[int interrupt]
    {
        get
        {
            InterruptLine? line = (uint)interrupt < (uint)_lines.Length ? _lines[interrupt] : null;
            return line ?? throw new ArgumentOutOfRangeException(nameof(interrupt));
        }
    }

    private sealed class Line(Pic8259Pair pics, IoApic ioApic, int interrupt) : InterruptLine
    {
        private readonly int _pin = interrupt == 0 ? TimerPin : interrupt;

        public override void Set(bool asserted)
        {
            pics.SetLine(interrupt, asserted);
            ioApic.SetPin(_pin, asserted);
        }
    }
}
