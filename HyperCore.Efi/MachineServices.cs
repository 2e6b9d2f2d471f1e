using System;
using HyperCore.Core.Console;
using HyperCore.Core.Machine;
using HyperCore.Core.Usb;
using HyperCore.Efi.Drivers;
using HyperCore.Efi.Pcpus;

namespace HyperCore.Efi;

/// <summary>What the main loop asks of the real machine, passed on to its drivers.</summary>
internal sealed class MachineServices : HostServices
{
    private readonly HostMachine _machine;
    private readonly HostPcpus _pcpus;
    private readonly ByteSink _serial;

    /// <summary>Serves the main loop from the drivers of <paramref name="machine"/> and its processors.</summary>
    public MachineServices(HostMachine machine, HostPcpus pcpus)
    {
        _machine = machine;
        _pcpus = pcpus;
        _serial = machine.Serial != null ? machine.Serial : new NoSerial();
    }

    /// <inheritdoc/>
    public override int PcpuCount => _pcpus.Count;

    /// <inheritdoc/>
    public override PcpuServices Pcpu(int index) => _pcpus[index];

    /// <inheritdoc/>
    public override void Kick(int pcpu) => _pcpus.Kick(pcpu);

    /// <inheritdoc/>
    public override void StartPcpus(Action<PcpuServices> loop) => _pcpus.Start(loop);

    /// <inheritdoc/>
    public override ByteSink Serial => _serial;

    /// <inheritdoc/>
    public override int MousePacketLength => _machine.Keyboard.HasMouse ? _machine.Keyboard.MousePacketLength : 3;

    /// <inheritdoc/>
    public override bool CanPowerOff => _machine.Power.CanPowerOff;

    /// <inheritdoc/>
    public override bool TryReadInput(out byte value, out bool isMouse)
    {
        bool found = _machine.Keyboard.Input.TryTake(out value, out byte tag);
        isMouse = tag == I8042Driver.MouseTag;
        return found;
    }

    /// <inheritdoc/>
    public override UsbHost? Usb => UsbControllers;

    /// <summary>What <see cref="Usb"/> gives; set before the main loop is built.</summary>
    public UsbHost? UsbControllers { get; set; }

    /// <inheritdoc/>
    public override void SetLeds(byte leds) => _machine.Keyboard.SetLeds(leds);

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
