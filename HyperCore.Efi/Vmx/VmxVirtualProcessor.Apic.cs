using HyperCore.Core.Devices;

namespace HyperCore.Efi.Vmx;

/// <summary>
/// APIC virtualization (Intel SDM vol. 3C, chapter 30). The local APIC's registers are in the virtual-APIC page, and the processor works on them while the
/// guest runs: it delivers what IRR has, ends it at an EOI, and carries out reads and plain writes. Virtual-interrupt delivery is on for life; which
/// accesses the processor carries out follows the mode that the guest has its local APIC in.
/// </summary>
internal sealed unsafe partial class VmxVirtualProcessor
{
    private const int EoiExitWords = 4;

    private readonly ulong[] _eoiExits = new ulong[EoiExitWords];
    private ApicAccess _apicAccess;
    private ulong _apicAccessPage;

    /// <inheritdoc/>
    public override ulong ApicAccessPage
    {
        set
        {
            _apicAccessPage = value;
            if (DeliversInterrupts)
            {
                Write(VmcsField.ApicAccessAddress, value);
                SetApicAccess(ApicAccess.None);
            }
        }
    }

    /// <inheritdoc/>
    public override void OnApicChanged(ApicAccess access)
    {
        if (access != _apicAccess)
        {
            SetApicAccess(access);
        }

        // RVI is the highest of IRR, SVI the highest of ISR (25.4.2); the entry works out PPR and what is to be delivered (27.3.2.5).
        int requested = ApicRegisters.Highest(ApicRegister.InterruptRequest);
        int inService = ApicRegisters.Highest(ApicRegister.InService);
        Write(VmcsField.GuestInterruptStatus, (uint)(requested < 0 ? 0 : requested) | (uint)(inService < 0 ? 0 : inService << 8));

        // The end of a level-triggered interrupt concerns the I/O APIC.
        for (int i = 0; i < EoiExitWords; i++)
        {
            ulong levels = ApicRegisters.Word(ApicRegister.TriggerMode, i);
            if (levels != _eoiExits[i])
            {
                SetEoiExits(i, levels);
            }
        }
    }

    // What SetControls has to do for it.
    private void ResetApicVirtualization()
    {
        if (!DeliversInterrupts)
        {
            return;
        }

        Write(VmcsField.ApicAccessAddress, _apicAccessPage);
        Write(VmcsField.GuestInterruptStatus, 0);
        for (int i = 0; i < EoiExitWords; i++)
        {
            SetEoiExits(i, 0);
        }

        SetApicAccess(ApicAccess.None);
    }

    private void SetEoiExits(int index, ulong vectors)
    {
        _eoiExits[index] = vectors;
        Write(VmcsField.EoiExitBitmap0 + (2 * (uint)index), vectors);
    }

    // Without a page that nested paging maps, accesses in xAPIC mode are EPT violations. Translations that were made under the other setting may be in use
    // otherwise (30.4.5).
    private void SetApicAccess(ApicAccess access)
    {
        _apicAccess = access;
        ApicAccess carriedOut = access == ApicAccess.Page && _apicAccessPage == 0 ? ApicAccess.None : access;
        bool hasMsrs = carriedOut == ApicAccess.Msrs && _capabilities.HasX2ApicVirtualization;
        Write(VmcsField.SecondaryControls, _secondaryControls | _capabilities.ApicControls(carriedOut));
        Write(VmcsField.MsrBitmap, (ulong)(hasMsrs ? _host.X2ApicMsrBitmap : _host.MsrBitmap));
        _pendingEvents |= FlushAll;
    }
}
