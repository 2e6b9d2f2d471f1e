using System;

namespace HyperCore.Core.Devices;

/// <summary>
/// The wiring of PCI's four interrupt pins to the I/O APIC, as <see cref="PciHostBridge.GlobalInterrupt"/> and the DSDT's _PRT say. Several
/// functions share an input, which is asserted while any of them asserts its pin.
/// </summary>
public sealed class PciInterrupts
{
    private const int FirstInput = 16;
    private const int InputCount = 4;

    private readonly InterruptLine[] _inputs = new InterruptLine[InputCount];
    private readonly uint[] _asserted = new uint[InputCount];
    private readonly int[] _sources = new int[InputCount];

    /// <summary>Wires to the inputs of <paramref name="ioApic"/>.</summary>
    public PciInterrupts(IoApic ioApic)
    {
        for (int i = 0; i < InputCount; i++)
        {
            _inputs[i] = ioApic.GetLine(FirstInput + i);
        }
    }

    /// <summary>Creates a function's wire; only while the VM is built.</summary>
    /// <param name="device">Device number.</param>
    /// <param name="pin">0 for INTA# to 3 for INTD#.</param>
    /// <exception cref="ArgumentException">32 functions share the input already.</exception>
    public InterruptLine CreateLine(int device, int pin)
    {
        int input = PciHostBridge.GlobalInterrupt(device, pin) - FirstInput;
        if (_sources[input] == 32)
        {
            throw new ArgumentException("Too many PCI functions share an interrupt.");
        }

        return new Wire(this, input, 1u << _sources[input]++);
    }

    private void Set(int input, uint source, bool asserted)
    {
        _asserted[input] = asserted ? _asserted[input] | source : _asserted[input] & ~source;
        _inputs[input].Set(_asserted[input] != 0);
    }

    private sealed class Wire(PciInterrupts interrupts, int input, uint source) : InterruptLine
    {
        public override void Set(bool asserted) => interrupts.Set(input, source, asserted);
    }
}
