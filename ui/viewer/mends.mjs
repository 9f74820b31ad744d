// What is changed in the published scripts of OHIF, for prepare.mjs: pairs of the text as it is and as it shall be. Each must be found, or
// the bundle is built in another way than we know. Functions that go into the scripts stand here as functions; they may use nothing around them.

/** One class of views for every kind of number and every number of dimensions. */
function viewConstructor(dtype) {
  class View {
    constructor(data, shape = [], stride = [], offset = 0) {
      this.data = data;
      this.shape = Array.from(shape);
      this.stride = Array.from(stride);
      this.offset = offset | 0;
    }
    get dtype() { return dtype; }
    get dimension() { return this.shape.length; }
    get size() { return this.shape.reduce((product, length) => product * length, 1); }
    get order() { return this.stride.map((_, at) => at).sort((a, b) => Math.abs(this.stride[a]) - Math.abs(this.stride[b]) || a - b); }
    index(...at) { return this.stride.reduce((sum, stride, axis) => sum + stride * at[axis], this.offset); }
    get(...at) { return dtype === 'generic' ? this.data.get(this.index(...at)) : this.data[this.index(...at)]; }
    set(...at) {
      const value = at.pop();
      return dtype === 'generic' ? this.data.set(this.index(...at), value) : (this.data[this.index(...at)] = value);
    }
    valueOf() { return this.shape.length === 0 ? this.get() : this; }
    hi(...to) { return new View(this.data, this.shape.map((length, axis) => (to[axis] >= 0 ? to[axis] | 0 : length)), this.stride, this.offset); }
    lo(...from) {
      const skipped = this.shape.map((_, axis) => (from[axis] >= 0 ? from[axis] | 0 : 0));
      return new View(this.data, this.shape.map((length, axis) => length - skipped[axis]), this.stride, this.index(...skipped));
    }
    step(...by) {
      const shape = [...this.shape], stride = [...this.stride];
      let offset = this.offset;
      by.forEach((wanted, axis) => {
        if (typeof wanted !== 'number') return;
        const steps = wanted | 0;
        if (steps < 0) offset += stride[axis] * (shape[axis] - 1);
        shape[axis] = Math.ceil(shape[axis] / Math.abs(steps));
        stride[axis] *= steps;
      });
      return new View(this.data, shape, stride, offset);
    }
    transpose(...axes) {
      const order = this.shape.map((_, axis) => (axes[axis] === undefined ? axis : axes[axis] | 0));
      return new View(this.data, order.map((axis) => this.shape[axis]), order.map((axis) => this.stride[axis]), this.offset);
    }
    pick(...at) {
      const left = this.shape.map((_, axis) => axis).filter((axis) => !(typeof at[axis] === 'number' && at[axis] >= 0));
      const offset = this.stride.reduce((sum, stride, axis) => (left.includes(axis) ? sum : sum + stride * at[axis]), this.offset);
      return new View(this.data, left.map((axis) => this.shape[axis]), left.map((axis) => this.stride[axis]), offset);
    }
  }
  return (data, shape, stride, offset) => new View(data, shape, stride, offset);
}

/** Over a viewport whose image cannot be shown: the server's picture of it, when it can make one, or its reason. */
function tellFailure({ imageId, error }, cornerstone) {
  const frame = /^wadors:(.*\/frames\/\d+)$/.exec(imageId)?.[1];
  for (const { viewport } of cornerstone.getEnabledElements()) {
    const images = viewport.getImageIds?.() ?? [];
    const isStack = typeof viewport.getTargetImageIdIndex === 'function' && viewport.type === 'stack';
    if (isStack ? images[viewport.getTargetImageIdIndex()] !== imageId : !images.includes(imageId)) continue;
    const element = viewport.element;
    if (element.querySelector('[data-failure]')) continue;
    const cover = document.createElement('div');
    cover.dataset.failure = imageId;
    cover.setAttribute('role', 'alert');
    Object.assign(cover.style, { position: 'absolute', inset: '0', zIndex: '5', background: '#000', color: '#fff', pointerEvents: 'none', display: 'flex',
      flexDirection: 'column', alignItems: 'center', justifyContent: 'center', gap: '12px', padding: '48px', font: '15px system-ui, sans-serif', textAlign: 'center' });
    const words = document.createElement('p');
    words.textContent = 'This image cannot be shown.';
    cover.append(words);
    element.append(cover);
    const leave = () => {
      cover.remove();
      element.removeEventListener('CORNERSTONE_STACK_NEW_IMAGE', leave);
    };
    element.addEventListener('CORNERSTONE_STACK_NEW_IMAGE', leave);
    if (!frame) {
      words.textContent += ` ${error?.message ?? ''}`;
      continue;
    }
    fetch(`${frame}/rendered`, { headers: { Accept: 'image/jpeg' } }).then(async (response) => {
      if (!response.ok) {
        const problem = await response.json().catch(() => ({}));
        words.textContent = `This image cannot be shown: ${problem.detail ?? `the server answered ${response.status}`}.`;
        return;
      }
      const picture = document.createElement('img');
      picture.src = URL.createObjectURL(await response.blob());
      picture.alt = 'The image as the server renders it';
      Object.assign(picture.style, { flex: '1', minHeight: '0', width: '100%', objectFit: 'contain' });
      cover.prepend(picture);
      words.textContent = 'The viewer cannot decode this image. The picture was rendered by the server; it cannot be measured.';
    }).catch(() => {});
  }
}

/** In place of what the viewer has no viewport for: a picture of the object, and words that say so. */
function showPicture(react, displaySet, ref, viewportId) {
  const { routerBasename = '' } = window.config;
  const center = { display: 'flex', flexDirection: 'column', alignItems: 'center', gap: '12px', padding: '16px', font: '15px system-ui, sans-serif', textAlign: 'center' };
  return react.createElement('div', { className: 'bg-black h-full w-full text-white', style: center, ref, 'data-viewport-id': viewportId, 'data-cy': 'picture-of-object' },
    react.createElement('img', { src: displaySet.renderedUrl, alt: `${displaySet.Modality} ${displaySet.SeriesDescription}`, style: { flex: 1, minHeight: 0, maxWidth: '100%', objectFit: 'contain' },
      onError: (event) => { event.target.hidden = true; } }),
    react.createElement('p', null, `The viewer does not show objects of this kind (${displaySet.Modality || 'no modality'}) itself: this is a picture of it, made by the server. `,
      react.createElement('a', { href: `${routerBasename.replace(/viewer$/, '')}#/studies/${displaySet.StudyInstanceUID}/series/${displaySet.SeriesInstanceUID}`, style: { textDecoration: 'underline' } },
        'All its attributes'), ' are on the page of the study.'));
}

export const mends = [
  // An empty attribute is legal.
  ['if (modalities.vr && modalities.vr === ModalitiesInStudy.vr) {',
    'if (modalities.vr && modalities.vr === ModalitiesInStudy.vr && ModalitiesInStudy.Value) {'],
  // So is a content item without a concept name, such as TEXT in a CONTAINER (PS3.3 §C.17.3).
  ['  } = ConceptNameCodeSequence;\n  const isChildFirstNode', '  } = ConceptNameCodeSequence ?? {};\n  const isChildFirstNode'],
  // Making one takes 10 ms with a graphics card and half a second without, each before the next, and all viewports can share it.
  ['        webGlContextCount: 7,', '        webGlContextCount: 1,'],
  // A decoder asks which script it stands in, and for a name that only Node has when the browser does not say: that depends on which
  // script came first, and would keep the viewer from starting when this one is there early.
  ['(e=e||__filename)', '(e=e||"")'],
  // Addresses stand in logs and histories: no patient's identifier belongs there.
  ['    patientId: mrn,\n    disableWildcard: true\n', '    samePatientAs: qidoForStudyUID[0].studyInstanceUid\n'],
  ["    '00100020': withWildcard(params.patientId),\n", "    '00100020': withWildcard(params.patientId),\n    samepatientas: params.samePatientAs,\n"],
  // A pixel of two samples each: that is how YBR_FULL_422 is stored when it is not compressed (PS3.3 §C.7.6.3.1.2).
  ["    else if (photometricInterpretation.endsWith('422')) {\n        return (pixelDataLength ===",
    "    else if (photometricInterpretation.endsWith('422')) {\n        return (pixelDataLength === 2 * columns * rows || pixelDataLength ==="],
  // Eight pixels of one bit are a byte, the first in its lowest bit (PS3.5 §8.1.1).
  ['    else if (imageFrame.bitsAllocated === 8 || imageFrame.bitsAllocated === 1) {\n        imageFrame.pixelData = pixelData;',
    `    else if (imageFrame.bitsAllocated === 1 && length < imageFrame.rows * imageFrame.columns) {
        imageFrame.pixelData = Uint8Array.from({ length: imageFrame.rows * imageFrame.columns }, (_, at) => (pixelData[at >> 3] >> (at & 7)) & 1);
    }
    else if (imageFrame.bitsAllocated === 8 || imageFrame.bitsAllocated === 1) {
        imageFrame.pixelData = pixelData;`],
  ['function compileConstructor(dtype, dimension) {',
    `${viewConstructor}\nfunction compileConstructor(dtype, dimension) {\n  return viewConstructor(dtype);`],
  // The microscopy viewer is looked for at the root of the site.
  ["window.browserImportFunction('/dicom-microscopy-viewer/", "window.browserImportFunction(window.PUBLIC_URL + 'dicom-microscopy-viewer/"],
  // An object that nothing else shows is given to the viewport of documents, which then shows a picture of it.
  ['getModuleEntry(this.unsupportedSOPClassHandler)',
    "getModuleEntry('@ohif/extension-dicom-pdf.sopClassHandlerModule.dicom-pdf') ?? this.extensionManager.getModuleEntry(this.unsupportedSOPClassHandler)"],
  ["      SeriesDescription = 'PDF',\n", "      SeriesDescription = instance.SOPClassUID === SOP_CLASS_UIDS.ENCAPSULATED_PDF ? 'PDF' : instance.Modality,\n"],
  ["    const renderedUrl = dataSource.retrieve.directURL({\n      instance,\n      tag: 'EncapsulatedDocument',",
    `    const isPicture = SOPClassUID !== SOP_CLASS_UIDS.ENCAPSULATED_PDF;
    const renderedUrl = isPicture
      ? \`${'${dataSource.getConfig().wadoRoot}'}/studies/${'${StudyInstanceUID}'}/series/${'${SeriesInstanceUID}'}/instances/${'${SOPInstanceUID}'}/thumbnail?viewport=1600,1200\`
      : dataSource.retrieve.directURL({\n      instance,\n      tag: 'EncapsulatedDocument',`],
  ['      renderedUrl: renderedUrl,\n', '      renderedUrl: renderedUrl,\n      isPicture,\n'],
  ['  return /*#__PURE__*/react.createElement("div", {\n    className: "bg-primary-black h-full w-full text-white",\n    onClick: makePdfScrollable,',
    `  if (displaySets[0].isPicture) return (${showPicture})(react, displaySets[0], (el) => { if (el) viewportRef.register(el); }, viewportId);
  return /*#__PURE__*/react.createElement("div", {\n    className: "bg-primary-black h-full w-full text-white",\n    onClick: makePdfScrollable,`],
  // Where the picture would be it says why there is none.
  ['    const handler = src/* errorHandler */.r_.getHTTPErrorHandler();\n    handler(detail.error);\n', `    (${tellFailure})(detail, esm);\n`],
  // A thumbnail that is not there is no reason for an alarm, and the browser keeps those that it has fetched by itself.
  ['            const bulkDataURI = `${dicomWebConfig.wadoRoot}/studies/${StudyInstanceUID}/series/${SeriesInstanceUID}/instances/${SOPInstanceUID}/thumbnail?accept=image/jpeg`;\n',
    '            return `${dicomWebConfig.wadoRoot}/studies/${StudyInstanceUID}/series/${SeriesInstanceUID}/instances/${SOPInstanceUID}/thumbnail?accept=image/jpeg`;\n            const bulkDataURI = "";\n'],
  // A study of nothing but an ECG or a report is worth opening too.
  ["const NON_IMAGE_MODALITIES = ['ECG', 'SEG', 'RTSTRUCT', 'RTPLAN', 'PR', 'SR'];", 'const NON_IMAGE_MODALITIES = [];'],
  // What is typed into the list is about patients: it stays in the page's memory, and goes to the server in the body of a request.
  ['const queryFilterValues = _getQueryFilterValues(location.search, STUDIES_LIMIT);', 'const queryFilterValues = _getQueryFilterValues(self.listFilter ?? location.search, STUDIES_LIMIT);'],
  ['        pageNumber: queryFilterValues.pageNumber,\n        location\n', '        pageNumber: queryFilterValues.pageNumber,\n        filter: self.listFilter,\n        location\n'],
  ["const isLocationUpdated = typeof data.location === 'string' || ", "const isLocationUpdated = typeof data.location === 'string' || data.filter !== self.listFilter || "],
  ['    preserveQueryStrings(queryString);\n    const search = query_string.stringify(queryString, {',
    `    self.listFilter = query_string.stringify(queryString, { skipNull: true, skipEmptyString: true });
    for (const key of ['patientName', 'mrn', 'accession', 'description', 'startDate', 'endDate']) delete queryString[key];
    preserveQueryStrings(queryString);\n    const search = query_string.stringify(queryString, {`],
  ['const valueFromStorage = window.sessionStorage.getItem(key);', 'const valueFromStorage = sessionItemsToClearOnUnload.get(key);'],
  ['      window.sessionStorage.setItem(key, valueAsStr);\n', ''],
  ['      window.sessionStorage.setItem(key, sessionItemsToClearOnUnload.get(key));\n', ''],
  ['      debugLog(\'search for studies\');\n',
    `      debugLog('search for studies');
      if (options.queryParams) {
        return this._httpRequest(this.qidoURL.replace(/dicom-web$/, 'api/search'), 'post',
          { Accept: MEDIATYPES.DICOM_JSON, 'Content-Type': 'application/x-www-form-urlencoded' },
          { responseType: 'json', data: DICOMwebClient._parseQueryParameters(options.queryParams).slice(1) });
      }\n`],
];
