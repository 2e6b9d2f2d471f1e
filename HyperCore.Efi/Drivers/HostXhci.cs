using HyperCore.Core.Pci;
using HyperCore.Core.Usb;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>The registers and interrupts of one USB controller.</summary>
internal sealed class HostXhci : XhciHardware
{
    private readonly HostPciFunction _function;
    private readonly HostPciBar _bar;
    private readonly InterruptCounter _counter = new();

    /// <summary>Has the controller, whose registers are mapped, send its interrupts to a vector of one pCPU.</summary>
    public HostXhci(HostPciFunction function, HostPciBar bar, uint apicId, byte vector)
    {
        _function = function;
        _bar = bar;
        Length = bar.Size > uint.MaxValue ? uint.MaxValue : (uint)bar.Size;
        HasInterrupt = HostMsi.TryEnable(function, bar, apicId, vector);
        if (HasInterrupt)
        {
            InterruptTable.SetHandler(vector, _counter);
        }
    }

    /// <inheritdoc/>
    public override uint Length { get; }

    /// <inheritdoc/>
    public override uint InterruptCount => _counter.Count;

    /// <inheritdoc/>
    public override bool HasInterrupt { get; }

    /// <inheritdoc/>
    public override uint Read32(uint offset) => Intrinsics.ReadMemory32(_bar.Address + offset);

    /// <inheritdoc/>
    public override void Write32(uint offset, uint value) => Intrinsics.WriteMemory32(_bar.Address + offset, value);

    /// <inheritdoc/>
    public override void EnableDma() => _function.SetBusMaster(true);

    private sealed class InterruptCounter : InterruptHandler
    {
        public uint Count { get; private set; }

        public override void Handle()
        {
            Count++;
            Attention.Request();
        }
    }
}
