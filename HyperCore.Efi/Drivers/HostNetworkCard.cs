using HyperCore.Core.Network;
using HyperCore.Core.Paging;
using HyperCore.Core.Pci;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Memory;

namespace HyperCore.Efi.Drivers;

/// <summary>The registers and interrupts of the uplink's network card.</summary>
internal sealed class HostNetworkCard : NetworkHardware
{
    private readonly HostPciFunction _function;
    private readonly HostPciBar[] _bars = new HostPciBar[HostPciFunction.BarCount];
    private readonly InterruptCounter _counter = new();
    private bool _hasInterrupt;

    /// <summary>Describes a card of which nothing is mapped yet.</summary>
    public HostNetworkCard(HostPciFunction function) => _function = function;

    /// <inheritdoc/>
    public override uint InterruptCount => _counter.Count;

    /// <inheritdoc/>
    public override bool HasInterrupt => _hasInterrupt;

    /// <summary>Maps a base address register.</summary>
    /// <param name="tables">HyperCore's page tables.</param>
    /// <param name="index">Which one.</param>
    /// <param name="bytes">Bytes that it has at least.</param>
    /// <returns>False when there are not so many, or they are no memory.</returns>
    public bool TryMap(HostPageTables tables, int index, ulong bytes)
    {
        if (_bars[index].Size == 0)
        {
            HostPciBar bar = _function.ReadBar(index);
            if (!bar.IsMemory || !bar.IsAssigned || !HostPaging.TryMapDevice(tables, bar.Address, bar.Size))
            {
                return false;
            }

            _bars[index] = bar;
        }

        return _bars[index].Size >= bytes;
    }

    /// <summary>Has the card answer, and send its first message to a vector of one pCPU.</summary>
    /// <param name="tables">HyperCore's page tables.</param>
    /// <param name="apicId">ID of the pCPU's local APIC.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="allowMsix">MSI-X may be used, else MSI only: some cards have other causes of interrupts with it.</param>
    public void Enable(HostPageTables tables, uint apicId, byte vector, bool allowMsix)
    {
        // Sizing a register takes the card off its addresses, so everything is mapped first.
        int table = allowMsix ? HostMsi.TableBar(_function) : -1;
        int index = table >= 0 && table < HostPciFunction.BarCount && TryMap(tables, table, 1) ? table : 0;
        _function.EnableMemory();
        _function.DisableInterruptPin();
        _hasInterrupt = HostMsi.TryEnable(_function, _bars[index], apicId, vector, index);
        if (_hasInterrupt)
        {
            InterruptTable.SetHandler(vector, _counter);
        }
    }

    /// <inheritdoc/>
    public override byte Read8(int bar, uint offset) => Intrinsics.ReadMemory8(_bars[bar].Address + offset);

    /// <inheritdoc/>
    public override ushort Read16(int bar, uint offset) => Intrinsics.ReadMemory16(_bars[bar].Address + offset);

    /// <inheritdoc/>
    public override uint Read32(int bar, uint offset) => Intrinsics.ReadMemory32(_bars[bar].Address + offset);

    /// <inheritdoc/>
    public override void Write8(int bar, uint offset, byte value) => Intrinsics.WriteMemory8(_bars[bar].Address + offset, value);

    /// <inheritdoc/>
    public override void Write16(int bar, uint offset, ushort value) => Intrinsics.WriteMemory16(_bars[bar].Address + offset, value);

    /// <inheritdoc/>
    public override void Write32(int bar, uint offset, uint value) => Intrinsics.WriteMemory32(_bars[bar].Address + offset, value);

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
