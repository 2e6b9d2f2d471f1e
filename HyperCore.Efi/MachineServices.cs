using System;
using HyperCore.Core.Console;
using HyperCore.Core.Machine;
using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;

namespace HyperCore.Efi;

/// <summary>What the main loop asks of the real machine, passed on to its drivers.</summary>
internal sealed unsafe class MachineServices : HostServices
{
    private readonly HostMachine _machine;
    private readonly ByteSink _serial;

    /// <summary>Serves the main loop from the drivers of <paramref name="machine"/>.</summary>
    public MachineServices(HostMachine machine)
    {
        _machine = machine;
        _serial = machine.Serial != null ? machine.Serial : new NoSerial();
    }

    /// <inheritdoc/>
    public override Clock Clock => _machine.Clock;

    /// <inheritdoc/>
    public override int* Attention => Cpu.Attention.Cell();

    /// <inheritdoc/>
    public override ByteSink Serial => _serial;

    /// <inheritdoc/>
    public override int MousePacketLength => _machine.Keyboard.HasMouse ? _machine.Keyboard.MousePacketLength : 3;

    /// <inheritdoc/>
    public override bool CanPowerOff => _machine.Power.CanPowerOff;

    /// <inheritdoc/>
    public override void ArmTimer(ulong deadline)
    {
        if (deadline == VirtualTimer.Never)
        {
            _machine.LocalApic.CancelTimer();
        }
        else
        {
            _machine.LocalApic.ArmTimer(deadline);
        }
    }

    /// <inheritdoc/>
    public override void TakeInterrupts()
    {
        // STI holds interrupts off for one more instruction: PAUSE gives it, and what waits is taken before CLI.
        Intrinsics.EnableInterrupts();
        Intrinsics.Pause();
        Intrinsics.DisableInterrupts();
    }

    /// <inheritdoc/>
    public override void WaitForInterrupt() => Intrinsics.WaitForInterrupt();

    /// <inheritdoc/>
    public override bool TryReadInput(out byte value, out bool isMouse)
    {
        bool found = _machine.Keyboard.Input.TryTake(out value, out byte tag);
        isMouse = tag == I8042Driver.MouseTag;
        return found;
    }

    /// <inheritdoc/>
    public override bool TryReadSerial(out byte value)
    {
        value = 0;
        return _machine.Serial != null && _machine.Serial.Input.TryTake(out value, out _);
    }

    /// <inheritdoc/>
    public override void PowerOff() => _machine.Power.PowerOff();

    /// <inheritdoc/>
    public override void Reset() => _machine.Power.Reset();

    private sealed class NoSerial : ByteSink
    {
        public override void Write(ReadOnlySpan<byte> bytes)
        {
        }
    }
}
