namespace HyperCore.Core.Devices;

/// <summary>
/// The page of the local APICs: at one address each processor finds its own. Whoever carries out an access says first whose it is
/// (<see cref="Current"/>), with the VM's lock held.
/// </summary>
public sealed class LocalApicWindow : Device
{
    private readonly LocalApic[] _apics;

    /// <summary>Creates the page in front of a VM's local APICs.</summary>
    public LocalApicWindow(LocalApic[] apics)
    {
        _apics = apics;
        Current = apics[0];
    }

    /// <inheritdoc/>
    public override string Name => "local APIC";

    /// <summary>The local APIC of the processor that makes the next access.</summary>
    public LocalApic Current { get; set; }

    /// <inheritdoc/>
    public override ulong ReadMmio(ulong offset, int size) => Current.ReadMmio(offset, size);

    /// <inheritdoc/>
    public override void WriteMmio(ulong offset, int size, ulong value) => Current.WriteMmio(offset, size, value);

    /// <inheritdoc/>
    public override void Reset()
    {
        for (int i = 0; i < _apics.Length; i++)
        {
            _apics[i].Reset();
        }
    }
}
