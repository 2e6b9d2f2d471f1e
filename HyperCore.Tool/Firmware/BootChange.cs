using System.Collections.Generic;

namespace HyperCore.Tool.Firmware;

/// <summary>What has to be changed in the firmware's boot variables.</summary>
/// <param name="Written">Entries to write, with their numbers.</param>
/// <param name="Deleted">Numbers of entries to delete.</param>
/// <param name="Entry">The number of the entry that it is about; null when there is none.</param>
/// <param name="IsNew">The entry is a new one.</param>
/// <param name="OldOrder">BootOrder as it is.</param>
/// <param name="NewOrder">BootOrder as it should be.</param>
internal sealed record BootChange(
    IReadOnlyList<(ushort Number, LoadOption Option)> Written,
    IReadOnlyList<ushort> Deleted,
    ushort? Entry,
    bool IsNew,
    IReadOnlyList<ushort> OldOrder,
    IReadOnlyList<ushort> NewOrder);
