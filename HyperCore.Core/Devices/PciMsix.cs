using System;

namespace HyperCore.Core.Devices;

/// <summary>
/// MSI-X of a PCI function (PCI Local Bus Specification 3.0, 6.8.2): the table and the pending bits behind a BAR of their own, and what the
/// message control register says. An interrupt is a message on the VM's APIC bus.
/// </summary>
public sealed class PciMsix : Device
{
    /// <summary>Bytes of the capability.</summary>
    public const int CapabilityLength = 12;

    /// <summary>Offset of message control in the capability.</summary>
    public const int ControlOffset = 2;

    /// <summary>The bits of message control that the guest can write: enable and function mask.</summary>
    public const ushort ControlWritable = Enable | FunctionMask;

    /// <summary>Bytes of the BAR.</summary>
    public const uint BarSize = 0x1000;

    /// <summary>Where the pending bits are in the BAR; the table is at its start.</summary>
    public const uint PendingOffset = 0x800;

    /// <summary>The most vectors that fit.</summary>
    public const int MaxVectors = 64;

    private const ushort Enable = 1 << 15;
    private const ushort FunctionMask = 1 << 14;
    private const int EntryDwords = 4;
    private const int UpperAddress = 1;
    private const int Data = 2;
    private const int VectorControl = 3;
    private const uint Masked = 1;

    private readonly ApicBus _bus;
    private readonly uint[] _table;
    private ulong _pending;
    private ushort _control;

    /// <summary>Creates the table, every vector masked.</summary>
    /// <param name="bus">The VM's APIC bus.</param>
    /// <param name="vectors">Vectors, 1 to <see cref="MaxVectors"/>.</param>
    public PciMsix(ApicBus bus, int vectors)
    {
        if (vectors is < 1 or > MaxVectors)
        {
            throw new ArgumentOutOfRangeException(nameof(vectors));
        }

        _bus = bus;
        _table = new uint[vectors * EntryDwords];
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "MSI-X table";

    /// <summary>Number of vectors.</summary>
    public int VectorCount => _table.Length / EntryDwords;

    /// <summary>The function interrupts by messages, not by its pin.</summary>
    public bool IsEnabled => (_control & Enable) != 0;

    /// <summary>The guest wrote message control.</summary>
    public void SetControl(ushort value)
    {
        _control = (ushort)(value & ControlWritable);
        SendPending();
    }

    /// <summary>Interrupts with a vector, or notes it as pending while that is masked.</summary>
    /// <param name="vector">Which; one that does not exist does nothing.</param>
    public void Signal(int vector)
    {
        if ((uint)vector >= (uint)VectorCount || !IsEnabled)
        {
            return;
        }

        if (IsMasked(vector))
        {
            _pending |= 1ul << vector;
        }
        else
        {
            Send(vector);
        }
    }

    /// <summary>Forgets what is pending: the device behind the function was reset.</summary>
    public void ClearPending() => _pending = 0;

    /// <inheritdoc/>
    public override ulong ReadMmio(ulong offset, int size)
    {
        if (size == 8)
        {
            return ReadDword(offset) | ((ulong)ReadDword(offset + 4) << 32);
        }

        return ReadDword(offset & ~3ul) >> (int)((offset & 3) * 8);
    }

    /// <inheritdoc/>
    public override void WriteMmio(ulong offset, int size, ulong value)
    {
        // Only whole dwords and quadwords are defined (6.8.2).
        if (size >= 4 && (offset & 3) == 0)
        {
            WriteDword(offset, (uint)value);
            if (size == 8)
            {
                WriteDword(offset + 4, (uint)(value >> 32));
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _pending = 0;
        _control = 0;
        for (int i = 0; i < _table.Length; i++)
        {
            _table[i] = i % EntryDwords == VectorControl ? Masked : 0;
        }
    }

    private bool IsMasked(int vector) => (_control & FunctionMask) != 0 || (_table[(vector * EntryDwords) + VectorControl] & Masked) != 0;

    private uint ReadDword(ulong offset)
    {
        ulong index = offset / 4;
        return index < (ulong)_table.Length ? _table[(int)index]
            : offset == PendingOffset ? (uint)_pending
            : offset == PendingOffset + 4 ? (uint)(_pending >> 32)
            : 0;
    }

    private void WriteDword(ulong offset, uint value)
    {
        ulong index = offset / 4;
        if (index >= (ulong)_table.Length)
        {
            return; // pending bits are read-only
        }

        uint writable = (index % EntryDwords) switch
        {
            0 => ~3u,
            VectorControl => Masked,
            _ => uint.MaxValue,
        };
        _table[(int)index] = value & writable;
        SendPending();
    }

    private void SendPending()
    {
        for (int i = 0; _pending != 0 && IsEnabled && i < VectorCount; i++)
        {
            if ((_pending & (1ul << i)) != 0 && !IsMasked(i))
            {
                _pending &= ~(1ul << i);
                Send(i);
            }
        }
    }

    private void Send(int vector)
    {
        int entry = vector * EntryDwords;
        _bus.DeliverMsi(_table[entry] | ((ulong)_table[entry + UpperAddress] << 32), _table[entry + Data]);
    }
}
